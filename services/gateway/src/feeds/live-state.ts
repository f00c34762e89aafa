import type { Bus, BusSubscription, Log } from '@deckwatch/bus';
import {
  AlertMessage,
  BUCKETS,
  HostRecord,
  HostReport,
  SERVICES,
  ServiceStatus,
  SessionEvent,
  Token,
  filters,
  subjects,
  type Host,
} from '@deckwatch/contracts';
import type { Clock, Parts, Timer } from '@deckwatch/service-kit';
import { z } from 'zod';
import { Boards } from '../topics/boards.ts';
import { LastItems, OpenItems } from '../topics/digest.ts';
import { Directory } from '../topics/directory.ts';
import { HostRegister } from '../topics/host-register.ts';
import { LogTopic } from '../topics/log-topic.ts';
import { SessionCounter } from '../topics/session-counter.ts';
import { InventoryFeed } from './inventory.feed.ts';
import { LogFeed } from './log.feed.ts';
import { SessionCountFeed } from './session-count.feed.ts';
import { StatsFeed } from './stats.feed.ts';
import { StreamOffice } from './stream-facts.ts';

const HostForgotten = z.object({ host: Token });

const LOOK_MS = 500;
const SNAPSHOT_EVENTS = 10;
const OPEN_STATES: ReadonlySet<string> = new Set(['pending', 'firing', 'nodata']);

export interface LiveStateOptions {
  bus: Bus;
  clock: Clock;
  log: Log;
  parts: Parts;
  /** Tells this process from every other gateway: the epoch of state topics. */
  epoch: string;
}

/** Everything that the gateway knows, kept up to date from the bus. */
export class LiveState extends Boards {
  readonly statsFeed: StatsFeed;
  readonly directory: Directory;
  readonly register: HostRegister;
  private readonly openAlerts = new OpenItems((item) => OPEN_STATES.has((item as AlertMessage).state));
  private readonly alerts: LogTopic;
  private readonly sessionEvents: LogTopic;
  private readonly counter = new SessionCounter(this.sessionCount);
  private readonly countFeed: SessionCountFeed;
  private readonly feeds: { start(): void; stop(): void }[];
  private readonly subscriptions: BusSubscription[] = [];
  private timer?: Timer;

  constructor(private readonly options: LiveStateOptions) {
    const { bus, clock } = options;
    super(() => clock.now());
    this.register = new HostRegister(this.hosts, clock.now, (host, before) => this.hostChanged(host, before));
    this.alerts = new LogTopic({ topic: 'alerts', digest: this.openAlerts, clock });
    this.sessionEvents = new LogTopic({ topic: 'sessions.events', digest: new LastItems(SNAPSHOT_EVENTS), clock });
    this.statsFeed = new StatsFeed({ bus, clock, board: this.stats, knownHosts: () => this.reportingHosts() });
    this.countFeed = new SessionCountFeed(bus, this.counter, clock);
    this.feeds = [new InventoryFeed(bus, this.inventory, this.containers), this.alertFeed(), this.sessionFeed()];
    this.directory = this.openDirectory();
  }

  /** Resolves when the flags are known, so that nobody is let in past one. */
  async start(): Promise<void> {
    const { bus, parts } = this.options;
    for (const service of SERVICES) if (service !== 'gateway') parts.set(service, 'not heard of yet');
    const watched = bus.status$.subscribe((status) =>
      this.roster.broker('nats', status === 'up' ? null : 'not connected'),
    );
    this.subscriptions.push(
      watched,
      bus.listen(filters.allHosts, HostReport, (report) => this.register.report(report)),
      bus.listen(filters.allServices, ServiceStatus, (status) => this.roster.hear(status)),
      bus.listen(subjects.hostForgotten, HostForgotten, ({ host }) => this.forgetHost(host)),
    );
    for (const feed of this.feeds) feed.start();
    this.countFeed.ask();
    this.look();
    const hosts = await bus.bucket(BUCKETS.hosts, HostRecord);
    const bucket = await bus.bucket(BUCKETS.flags, z.boolean());
    this.subscriptions.push(
      await hosts.watch((_, record) => record?.report && this.register.remember(record.report)),
      await bucket.watch(
        (name, value) => this.flags.set(name, value),
        () => this.flags.reset(),
      ),
    );
  }

  stop(): void {
    this.options.clock.clearTimeout(this.timer);
    for (const feed of this.feeds) feed.stop();
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.countFeed.stop();
    this.directory.close();
    this.statsFeed.close();
    this.alerts.close();
    this.sessionEvents.close();
  }

  /** Forgets a host, its containers and its figures. */
  forgetHost(host: string): void {
    this.stats.endHost(host);
    this.inventory.forgetHost(host);
    this.register.forget(host);
    this.statsFeed.hostGone(host);
  }

  private openDirectory(): Directory {
    const { bus, clock, epoch } = this.options;
    const alerts = new StreamOffice(bus, 'ALERTS', clock);
    const sessions = new StreamOffice(bus, 'SESSIONS', clock);
    return new Directory({
      epoch,
      clock,
      boards: this,
      interest: (hosts) => this.statsFeed.hold(hosts),
      logs: {
        alerts: { topic: this.alerts, facts: (seq) => alerts.facts(seq) },
        'sessions.events': { topic: this.sessionEvents, facts: (seq) => sessions.facts(seq) },
      },
    });
  }

  private reportingHosts(): string[] {
    return Array.from(this.hosts.all(), (host) => host.key);
  }

  private hostChanged(host: Host, before: Host | undefined): void {
    if (before?.demo !== host.demo) this.inventory.relabel(host.key);
    if (host.status === 'down') this.stats.endHost(host.key);
    if (host.status === 'up' && before?.status !== 'up') this.statsFeed.hostAppeared(host.key);
  }

  /** What no message tells: silence. */
  private look(): void {
    this.register.look();
    this.roster.look();
    for (const [service, fault] of this.roster.faults('gateway')) this.options.parts.set(service, fault);
    this.timer = this.options.clock.setTimeout(() => this.look(), LOOK_MS);
  }

  private alertFeed(): LogFeed<typeof AlertMessage> {
    const { bus } = this.options;
    const prepare = async (): Promise<void> => {
      const last = await bus.log('ALERTS').last(filters.allAlerts, AlertMessage);
      for (const [subject, { seq, message }] of last)
        this.openAlerts.apply(seq, subject, JSON.stringify(message), message);
    };
    const onSettled = (): void => this.openAlerts.settle();
    return new LogFeed({ bus, stream: 'ALERTS', topic: this.alerts, schema: AlertMessage, prepare, onSettled });
  }

  private sessionFeed(): LogFeed<typeof SessionEvent> {
    const { bus } = this.options;
    let caughtUp = false;
    return new LogFeed({
      bus,
      stream: 'SESSIONS',
      topic: this.sessionEvents,
      schema: SessionEvent,
      // The past is told again at each beginning: the count that is asked for then knows better.
      onItem: (event) => {
        if (!caughtUp) return;
        const now = this.options.clock.now();
        this.counter.event(event, now);
        this.countFeed.heard(now);
      },
      onReset: () => {
        caughtUp = false;
      },
      onSettled: () => {
        caughtUp = true;
        this.countFeed.ask();
      },
    });
  }
}
