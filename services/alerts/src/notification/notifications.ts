import { randomUUID } from 'node:crypto';
import { faultOf, type Bus, type Log } from '@deckwatch/bus';
import { BUCKETS, type AlertMessage, type ChannelTest } from '@deckwatch/contracts';
import type { Clock, Parts, Timer } from '@deckwatch/service-kit';
import { AttemptQueues } from './attempt-queues.ts';
import { ChannelBook, StoredChannel } from './channel-book.ts';
import { Dispatcher } from './dispatcher.ts';
import { Ledger, LedgerEntry } from './ledger.ts';
import { Notifier, type StandingAlert } from './notifier.ts';
import type { SecretBox } from '@deckwatch/service-kit';
import { TransitionFeed } from './transition-feed.ts';
import { postWebhook, type WebhookAnswer } from './webhook.ts';

export interface NotificationOptions {
  bus: Bus;
  log: Log;
  clock: Clock;
  parts: Parts;
  redisUrl: string;
  redisCa?: string;
  box: SecretBox | undefined;
  channelsOf(ruleId: string): readonly string[];
  notifyOf(ruleId: string): { groupMs: number; repeatMs: number } | undefined;
  /** Whether something keeps an alert quiet now. */
  isQuiet(message: AlertMessage): boolean;
  /** All alerts that are pending, firing or without data. */
  standing(): Iterable<StandingAlert>;
}

const SWEEP_MS = 10_000;
const TEST_TIMEOUT_MS = 5000;

/** Everything between a stored transition and the answer of a receiver. Channels are known always, the rest runs while active. */
export class Notifications {
  readonly channels: ChannelBook;
  readonly ledger: Ledger;
  private running?: { dispatcher: Dispatcher; queues: AttemptQueues; feed: TransitionFeed; notifier: Notifier };
  private timer?: Timer;

  private constructor(
    private readonly options: NotificationOptions,
    channels: ConstructorParameters<typeof ChannelBook>[0],
    deliveries: ConstructorParameters<typeof Ledger>[0],
  ) {
    this.ledger = new Ledger(deliveries);
    this.channels = new ChannelBook(channels, options.box, {
      onChannel: (id) => this.running?.queues.open(id),
      onDropped: (id) => void this.dropChannel(id),
    });
  }

  static async open(options: NotificationOptions): Promise<Notifications> {
    const channels = await options.bus.bucket(BUCKETS.channels, StoredChannel);
    const deliveries = await options.bus.bucket(BUCKETS.deliveries, LedgerEntry);
    const notifications = new Notifications(options, channels, deliveries);
    await notifications.channels.open();
    return notifications;
  }

  /** Begins to deliver. */
  async activate(): Promise<void> {
    const { bus, log, clock, parts, redisUrl, redisCa, channelsOf, notifyOf, isQuiet } = this.options;
    await this.ledger.load();
    const queues: AttemptQueues = new AttemptQueues({
      redisUrl,
      redisCa,
      log,
      parts,
      attempt: (id) => dispatcher.attempt(id),
      onBack: () => void this.sweep(true),
    });
    const send = (channelId: string, id: string, message: AlertMessage) => this.send(channelId, id, message);
    const dispatcher: Dispatcher = new Dispatcher({ ledger: this.ledger, queue: queues, send, clock, log, isQuiet });
    const channelExists = (id: string) => this.channels.has(id);
    const notifier = new Notifier({ ledger: this.ledger, dispatcher, clock, channelsOf, channelExists, notifyOf });
    const feed = new TransitionFeed(bus, (subject, seq, message) => notifier.take(subject, seq, message), log);
    this.running = { dispatcher, queues, feed, notifier };
    for (const { id } of this.channels.list()) queues.open(id);
    feed.start();
    this.sweepLater();
  }

  async deactivate(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    this.options.clock.clearTimeout(this.timer);
    await running?.feed.stop();
    await running?.queues.stop();
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
    const target = this.channels.target(channelId);
    const message = testMessage(this.options.clock.now());
    try {
      const { status, answer } = await postWebhook(target, `test.${randomUUID()}`, JSON.stringify(message), {
        timeoutMs: TEST_TIMEOUT_MS,
      });
      return { ok: status >= 200 && status < 300, status, answer };
    } catch (error) {
      return { ok: false, status: null, answer: faultOf(error) };
    }
  }

  private async send(channelId: string, id: string, message: AlertMessage): Promise<WebhookAnswer | undefined> {
    if (!this.channels.has(channelId)) return undefined;
    return postWebhook(this.channels.target(channelId), id, JSON.stringify(message), {
      now: () => this.options.clock.now(),
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
    try {
      await this.running?.dispatcher.sweep(everything);
      await this.running?.notifier.remind(this.options.standing());
    } catch (error) {
      this.options.log.warn('deliveries not swept', { fault: faultOf(error) });
    }
  }
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
