import { randomUUID } from 'node:crypto';
import { faultOf, type Bus, type Log } from '@deckwatch/bus';
import { BUCKETS, STREAMS, StoredChannel, type AlertMessage, type ChannelTest } from '@deckwatch/contracts';
import type { Clock, Parts, Timer, TlsMaterial } from '@deckwatch/service-kit';
import { AttemptQueues } from './attempt-queues.ts';
import { ChannelBook } from './channel-book.ts';
import { Dispatcher, outcomeText } from './dispatcher.ts';
import { FeedFloor, FloorMark } from './feed-floor.ts';
import { Heartbeats } from './heartbeats.ts';
import type { Answer } from './http-call.ts';
import { LastWordsShelf } from './last-words-shelf.ts';
import { Ledger, LedgerEntry } from './ledger.ts';
import { Notifier, type StandingAlert } from './notifier.ts';
import type { SecretBox } from '@deckwatch/service-kit';
import { send } from './senders/send.ts';
import { TransitionFeed } from './transition-feed.ts';

export interface NotificationOptions {
  bus: Bus;
  log: Log;
  clock: Clock;
  parts: Parts;
  redisUrl: string;
  redisTls?: TlsMaterial;
  box: SecretBox | undefined;
  channelsOf(ruleId: string): readonly string[];
  notifyOf(ruleId: string): { groupMs: number; repeatMs: number } | undefined;
  /** Whether something keeps an alert quiet now. */
  isQuiet(message: AlertMessage): boolean;
  /** All alerts that are pending, firing or without data. */
  standing(): Iterable<StandingAlert>;
  /** Whether nobody else can have begun to deliver by that time, Unix milliseconds. */
  deliversSince(t: number): Promise<boolean>;
}

const SWEEP_MS = 10_000;
const PART = 'deliveries';
const OUTCOME_LENGTH = 200;

interface Running {
  dispatcher: Dispatcher;
  queues: AttemptQueues;
  feed: TransitionFeed;
  notifier: Notifier;
  heartbeats: Heartbeats;
}

/** Everything between a stored transition and the answer of a receiver. Channels are known always, the rest runs while active. */
export class Notifications {
  readonly channels: ChannelBook;
  readonly ledger: Ledger;
  private readonly shelf: LastWordsShelf;
  private running?: Running;
  private timer?: Timer;

  private constructor(
    private readonly options: NotificationOptions,
    channels: ConstructorParameters<typeof ChannelBook>[0],
    deliveries: ConstructorParameters<typeof Ledger>[0],
    private readonly floor: FeedFloor,
  ) {
    this.ledger = new Ledger(deliveries);
    this.shelf = new LastWordsShelf(options);
    this.channels = new ChannelBook(channels, options.box, {
      onChannel: (channel) => this.running && openQueue(this.running.queues, channel),
      onDropped: (id) => void this.dropChannel(id),
    });
  }

  static async open(options: NotificationOptions): Promise<Notifications> {
    const channels = await options.bus.bucket(BUCKETS.channels, StoredChannel);
    const deliveries = await options.bus.bucket(BUCKETS.deliveries, LedgerEntry);
    const floor = new FeedFloor(await options.bus.bucket(BUCKETS.leases, FloorMark), options.log);
    const notifications = new Notifications(options, channels, deliveries, floor);
    await notifications.channels.open();
    return notifications;
  }

  /** Begins to deliver. */
  async activate(): Promise<void> {
    const { bus, log, clock, parts, redisUrl, redisTls, channelsOf, notifyOf, isQuiet, deliversSince } = this.options;
    await this.ledger.load();
    this.shelf.open();
    const queues: AttemptQueues = new AttemptQueues({
      redisUrl,
      redisTls,
      log,
      parts,
      attempt: (id) => dispatcher.attempt(id),
      onBack: () => void this.sweep(true),
    });
    const channelExists = (id: string) => this.channels.has(id);
    const send = (channelId: string, id: string, message: AlertMessage) => this.deliver(channelId, id, message);
    const { ledger } = this;
    const dispatcher: Dispatcher = new Dispatcher({ ledger, queue: queues, send, channelExists, clock, log, isQuiet, deliversSince }); // prettier-ignore
    const notifier = new Notifier({ ledger, dispatcher, clock, channelsOf, channelExists, notifyOf });
    const take = (subject: string, seq: number, message: AlertMessage) => notifier.take(subject, seq, message);
    const feed = new TransitionFeed(bus, take, this.floor, log);
    const heartbeats = this.buildHeartbeats(feed);
    this.running = { dispatcher, queues, feed, notifier, heartbeats };
    for (const channel of this.channels.stored()) openQueue(queues, channel);
    feed.start();
    heartbeats.start();
    this.sweepLater();
  }

  async deactivate(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    this.options.clock.clearTimeout(this.timer);
    this.options.parts.set(PART, null);
    running?.heartbeats.stop();
    await running?.feed.stop();
    await running?.queues.stop();
    this.shelf.close();
  }

  async close(): Promise<void> {
    await this.deactivate();
    this.channels.close();
  }

  get dispatcher(): Dispatcher | undefined {
    return this.running?.dispatcher;
  }

  /** Sends a notice now, past ledger and queue, and tells what was answered. Throws RpcFault 404. */
  async test(channelId: string): Promise<ChannelTest> {
    this.channels.get(channelId);
    const { clock } = this.options;
    const began = clock.now();
    const took = () => Math.max(0, clock.now() - began);
    try {
      const { ok, status, answer } = await this.call(channelId, `test.${randomUUID()}`, testMessage(began));
      return { ok, status, answer, tookMs: took() };
    } catch (error) {
      return { ok: false, status: null, answer: faultOf(error), tookMs: took() };
    }
  }

  private async deliver(channelId: string, id: string, message: AlertMessage): Promise<Answer | undefined> {
    return this.channels.has(channelId) ? this.call(channelId, id, message) : undefined;
  }

  /** Sends, and remembers what the channel answered. */
  private async call(channelId: string, id: string, message: AlertMessage): Promise<Answer> {
    const { clock } = this.options;
    const answered = (ok: boolean, outcome: string) =>
      this.channels.answered(channelId, { t: clock.now(), ok, outcome: outcome.slice(0, OUTCOME_LENGTH) });
    try {
      const lastWords = await this.shelf.of(message);
      const notice = { id, message, ...(lastWords && { lastWords }) };
      const answer = await send(this.channels.target(channelId), notice, { now: () => clock.now() });
      answered(answer.ok, outcomeText(answer));
      return answer;
    } catch (error) {
      answered(false, faultOf(error));
      throw error;
    }
  }

  private buildHeartbeats(feed: TransitionFeed): Heartbeats {
    const { bus, clock, log, parts } = this.options;
    return new Heartbeats({
      clock,
      log,
      channels: () => this.channels.stored().flatMap(({ id, type }) => (type === 'heartbeat' ? [id] : [])),
      fault: async () => {
        await bus.jsm.streams.info(STREAMS.ALERTS.name);
        const [part] = Object.entries(parts.snapshot()).filter(([, fault]) => fault !== null);
        return part ? part.join(': ') : feed.fault;
      },
      call: (id) => this.call(id, `beat.${randomUUID()}`, testMessage(clock.now())),
    });
  }

  private async dropChannel(id: string): Promise<void> {
    if (!this.running) return;
    await this.running.queues.close(id, true);
    await this.running.dispatcher.abandon(id).catch((error: unknown) => {
      this.options.log.warn('deliveries not ended', { channel: id, fault: faultOf(error) });
    });
  }

  private sweepLater(): void {
    this.timer = this.options.clock.setTimeout(() => {
      void this.sweep(false).finally(() => this.running && this.sweepLater());
    }, SWEEP_MS);
  }

  private async sweep(everything: boolean): Promise<void> {
    const { running } = this;
    if (!running) return;
    const { log, parts } = this.options;
    try {
      await running.dispatcher.sweep(everything);
      await running.notifier.remind(this.options.standing());
      parts.set(PART, running.feed.fault);
    } catch (error) {
      const fault = faultOf(error);
      log.warn('deliveries not swept', { fault });
      if (this.running) parts.set(PART, fault);
    }
  }
}

/** Heartbeats take no notices. */
function openQueue(queues: AttemptQueues, channel: StoredChannel): void {
  if (channel.type !== 'heartbeat') queues.open(channel.id, channel);
}

function testMessage(t: number): AlertMessage {
  return {
    v: 1,
    id: 'test-1',
    seq: 1,
    change: 'state',
    rule: { id: 'test', name: 'Test notice' },
    severity: 'info',
    target: { kind: 'host', key: 'test', name: 'test', host: null },
    state: 'firing',
    metric: null,
    value: null,
    threshold: null,
    since: t,
    firedAt: t,
    resolvedAt: null,
    t,
    ack: null,
    silencedBy: [],
    inhibitedBy: null,
    reason: 'test',
    message: 'This is a test notice of Deckwatch. No alert is firing.',
  };
}
