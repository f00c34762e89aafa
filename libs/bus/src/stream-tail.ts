import { DeliverPolicy, type Consumer, type JsMsg, type OrderedConsumerOptions } from '@nats-io/jetstream';
import { Backoff } from './backoff.ts';
import type { Bus } from './bus.ts';
import { consumeLasting } from './lasting-pull.ts';
import { faultOf, type Log } from './log.ts';

/** Messages on their way at most. */
const AT_ONCE = 1000;

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
        backoff.reset();
        lastFault = '';
        if (pending === 0) this.options.onCaughtUp?.();
        await this.drain(consumer, pending);
      } catch (error) {
        const fault = faultOf(error);
        if (!signal.aborted && fault !== lastFault)
          this.log.warn('stream not followed', { stream: this.stream, fault });
        lastFault = fault;
      }
      if (!signal.aborted) await backoff.pause(signal);
    }
  }

  private async begin(): Promise<{ consumer: Consumer; pending: number }> {
    const info = await this.bus.jsm.streams.info(this.stream);
    const epoch = Date.parse(info.created);
    const lastSeq = info.state.last_seq;
    const anew = epoch !== this.epoch || lastSeq < this.seq;
    const first = this.epoch === 0;
    if (anew) {
      this.epoch = epoch;
      this.seq = this.options.from === 'new' ? lastSeq : 0;
      this.options.onReset?.({ epoch, lastSeq });
    }
    const consumer = await this.bus.js.consumers.get(this.stream, this.startingPoint(anew, first));
    const { num_pending: pending } = await consumer.info();
    if (pending === 0) this.seq = Math.max(this.seq, lastSeq);
    return { consumer, pending };
  }

  private startingPoint(anew: boolean, first: boolean): Partial<OrderedConsumerOptions> {
    const filter = this.options.filter ? { filter_subjects: this.options.filter } : {};
    const { from } = this.options;
    if (anew && from === 'last-per-subject') {
      return { filter_subjects: this.options.filter ?? '>', deliver_policy: DeliverPolicy.LastPerSubject };
    }
    // Sequences of a stream that was made anew begin anew too.
    const next = first && typeof from === 'number' ? from : this.seq + 1;
    return { ...filter, deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, next) };
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
