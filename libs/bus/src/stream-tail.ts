import {
  DeliverPolicy,
  type Consumer,
  type JsMsg,
  type NextMsgRequest,
  type OrderedConsumerOptions,
} from '@nats-io/jetstream';
import { Backoff } from './backoff.ts';
import type { Bus } from './bus.ts';
import { consumeLasting } from './lasting-pull.ts';
import { faultOf, type Log } from './log.ts';

/** Messages on their way at most. */
const AT_ONCE = 1000;
/** Looks at a stream that ends before what was told of it, until it counts as one that has lost its end. */
const LOOKS_AT_SHORT = 6;

/**
 * The servers of a cluster do not all know the same: after an election the one that keeps the consumer, or the one that
 * leads, may be behind for a moment. Believing it would leave out what comes next.
 */
class Behind extends Error {}

export interface TailItem {
  seq: number;
  subject: string;
  /** When the broker stored it, Unix milliseconds. */
  t: number;
  data: Uint8Array;
  json(): unknown;
  /** A header's value, or ''. */
  header(name: string): string;
}

export interface TailOptions {
  /** Where to begin: only what is new, the last of each subject and then what is new, or at a sequence. */
  from: 'new' | 'last-per-subject' | number;
  filter?: string;
  /** In order, each once. A jump of `seq` means that the stream no longer had what lay between. */
  onMessage(item: TailItem): void;
  /** It begins from scratch: at the first start, and when the stream was made anew (another epoch). */
  onReset?(at: { epoch: number; lastSeq: number }): void;
  /** All that was there at the (re)start has been told. */
  onCaughtUp?(): void;
}

/**
 * Follows a stream in order, for as long as it is not stopped: across reconnects it goes on after the last message
 * that it told. `epoch` is the stream's creation time in Unix milliseconds, the same for all readers.
 */
export class StreamTail {
  private epoch = 0;
  private seq = 0;
  /** It has not been followed since it began from scratch. */
  private isFresh = true;
  private hasBegun = false;
  private shortLooks = 0;
  private readonly abort = new AbortController();

  constructor(
    private readonly bus: Bus,
    private readonly stream: string,
    private readonly options: TailOptions,
    private readonly log: Log,
    private readonly onStop: () => void = () => undefined,
  ) {}

  get position(): { epoch: number; seq: number } {
    return { epoch: this.epoch, seq: this.seq };
  }

  start(): void {
    void this.follow();
  }

  stop(): void {
    this.abort.abort();
    this.onStop();
  }

  private async follow(): Promise<void> {
    const { signal } = this.abort;
    const backoff = new Backoff({ baseMs: 50, maxMs: 2000 });
    let lastFault = '';
    while (!signal.aborted) {
      try {
        const { consumer, pending } = await this.begin();
        if (signal.aborted) return;
        backoff.reset();
        lastFault = '';
        if (pending === 0) this.options.onCaughtUp?.();
        await this.drain(consumer, pending);
      } catch (error) {
        const fault = faultOf(error);
        if (!signal.aborted && fault !== lastFault && !(error instanceof Behind))
          this.log.warn('stream not followed', { stream: this.stream, fault });
        lastFault = fault;
      }
      if (!signal.aborted) await backoff.pause(signal);
    }
  }

  private async begin(): Promise<{ consumer: Consumer; pending: number }> {
    const info = await this.bus.jsm.streams.info(this.stream);
    this.abort.signal.throwIfAborted();
    const epoch = Date.parse(info.created);
    const lastSeq = info.state.last_seq;
    const isShort = epoch === this.epoch && lastSeq < this.seq;
    if (isShort && (this.shortLooks += 1) < LOOKS_AT_SHORT) throw new Behind('the stream ends before what was told');
    this.shortLooks = 0;
    if (isShort || epoch !== this.epoch) {
      this.epoch = epoch;
      this.seq = this.options.from === 'new' ? lastSeq : 0;
      this.isFresh = true;
      this.options.onReset?.({ epoch, lastSeq });
    }
    const consumer = await this.bus.js.consumers.get(this.stream, this.startingPoint());
    const { num_pending: pending } = await consumer.info();
    if (pending === 0 && lastSeq >= this.next) {
      if (await this.holdsMore(lastSeq)) throw new Behind('the consumer is behind the stream');
      this.seq = lastSeq;
    }
    this.isFresh = false;
    this.hasBegun = true;
    return { consumer, pending };
  }

  /** The sequence to go on with. Those of a stream that was made anew begin anew too. */
  private get next(): number {
    const { from } = this.options;
    return Math.max(1, !this.hasBegun && typeof from === 'number' ? from : this.seq + 1);
  }

  private startingPoint(): Partial<OrderedConsumerOptions> {
    const filter = this.options.filter ? { filter_subjects: this.options.filter } : {};
    if (this.isFresh && this.options.from === 'last-per-subject') {
      return { filter_subjects: this.options.filter ?? '>', deliver_policy: DeliverPolicy.LastPerSubject };
    }
    return { ...filter, deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: this.next };
  }

  /** Whether the server that leads the stream has more to tell, up to that sequence. */
  private async holdsMore(lastSeq: number): Promise<boolean> {
    const after: NextMsgRequest = { seq: this.next, next_by_subj: this.options.filter ?? '>' };
    // The client's types know that request for direct answers alone, which any server gives.
    const message = await this.bus.jsm.streams.getMessage(this.stream, after as never);
    return message !== null && message.seq <= lastSeq;
  }

  private async drain(consumer: Consumer, pending: number): Promise<void> {
    const { signal } = this.abort;
    const messages = await consumeLasting(consumer, { atOnce: AT_ONCE, status$: this.bus.status$, signal });
    let waiting = pending > 0;
    for await (const message of messages) {
      if (signal.aborted) return;
      this.tell(message);
      if (waiting && message.info.pending === 0) {
        waiting = false;
        this.options.onCaughtUp?.();
      }
    }
  }

  private tell(message: JsMsg): void {
    if (message.seq <= this.seq) return;
    this.seq = message.seq;
    try {
      this.options.onMessage({
        seq: message.seq,
        subject: message.subject,
        t: message.time.getTime(),
        data: message.data,
        json: () => message.json(),
        header: (name) => message.headers?.get(name) ?? '',
      });
    } catch (error) {
      this.log.warn('stored message refused', { stream: this.stream, seq: message.seq, fault: faultOf(error) });
    }
  }
}
