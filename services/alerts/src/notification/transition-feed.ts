import { AckPolicy, DeliverPolicy, JetStreamApiError, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { Backoff, consumeLasting, faultOf, type Bus, type Log } from '@deckwatch/bus';
import { AlertMessage, filters, STREAMS } from '@deckwatch/contracts';
import type { FeedFloor } from './feed-floor.ts';

const STREAM = STREAMS.ALERTS.name;
const DURABLE = 'alerts-notifier';
const ACK_WAIT_MS = 15_000;
/** Messages asked for at most; only one of them is under way. */
const AT_ONCE = 16;
const CONSUMER_NOT_FOUND = 10014;
const STREAM_NOT_FOUND = 10059;

export type TakeTransition = (subject: string, seq: number, message: AlertMessage) => Promise<void>;

/**
 * The durable consumer between the alerts' log and the ledger: a message is acknowledged when `take` is done with it.
 * One message at a time (max_ack_pending 1), so that what is delivered again after a crash comes before what is newer.
 */
export class TransitionFeed {
  private readonly abort = new AbortController();
  private done: Promise<void> = Promise.resolve();
  private epoch = 0;
  /** What it fails with just now; null: nothing. */
  fault: string | null = null;

  constructor(
    private readonly bus: Bus,
    private readonly take: TakeTransition,
    private readonly floor: FeedFloor,
    private readonly log: Log,
  ) {}

  start(): void {
    this.done = this.follow();
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.done;
  }

  private async follow(): Promise<void> {
    const { signal } = this.abort;
    const backoff = new Backoff({ baseMs: 100, maxMs: 3000 });
    while (!signal.aborted) {
      try {
        await this.consume(backoff);
      } catch (error) {
        this.fault = faultOf(error);
        if (!signal.aborted) this.log.warn('transitions not read', { fault: this.fault });
      }
      if (!signal.aborted) await backoff.pause(signal);
    }
  }

  private async consume(backoff: Backoff): Promise<void> {
    await this.ensure();
    const consumer = await this.bus.js.consumers.get(STREAM, DURABLE);
    const { signal } = this.abort;
    const messages = await consumeLasting(consumer, { atOnce: AT_ONCE, status$: this.bus.status$, signal });
    this.fault = null;
    for await (const message of messages) {
      await this.handle(message);
      backoff.reset();
      if (signal.aborted) return;
    }
  }

  private async ensure(): Promise<void> {
    try {
      this.epoch = await this.epochOfStream();
      const { ack_floor: reached, num_pending: waiting } = await this.bus.jsm.consumers.info(STREAM, DURABLE);
      if (reached.stream_seq > (await this.floor.of(this.epoch)))
        await this.floor.reached({ epoch: this.epoch, seq: reached.stream_seq }, waiting);
    } catch (error) {
      const code = error instanceof JetStreamApiError ? error.code : null;
      if (code !== CONSUMER_NOT_FOUND && code !== STREAM_NOT_FOUND) throw error;
      // Somebody deleted it: what lives is told again by whoever evaluates.
      if (code === STREAM_NOT_FOUND) await this.bus.ensureStreams([STREAM]);
      await this.makeConsumer();
    }
  }

  private async epochOfStream(): Promise<number> {
    return Date.parse((await this.bus.jsm.streams.info(STREAM)).created);
  }

  private async makeConsumer(): Promise<void> {
    this.epoch = await this.epochOfStream();
    const reached = await this.floor.of(this.epoch);
    await this.bus.jsm.consumers.add(STREAM, {
      durable_name: DURABLE,
      description: 'makes deliveries of transitions',
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: reached + 1,
      filter_subject: filters.allAlerts,
      max_ack_pending: 1,
      ack_wait: nanos(ACK_WAIT_MS),
    });
  }

  private async handle(message: JsMsg): Promise<void> {
    const parsed = AlertMessage.safeParse(jsonOf(message));
    if (!parsed.success) {
      this.log.warn('stored transition passed over', { subject: message.subject, seq: message.seq });
      message.term();
      return;
    }
    try {
      await this.take(message.subject, message.seq, parsed.data);
      message.ack();
      await this.floor.reached({ epoch: this.epoch, seq: message.seq }, message.info.pending);
      this.fault = null;
    } catch (error) {
      this.fault = faultOf(error);
      this.log.warn('delivery not written', { subject: message.subject, seq: message.seq, fault: this.fault });
      message.nak(1000);
    }
  }
}

function jsonOf(message: JsMsg): unknown {
  try {
    return message.json();
  } catch {
    return undefined;
  }
}
