import { randomUUID } from 'node:crypto';
import type { Bus } from '@deckwatch/bus';
import { SettingsError, tlsMaterial, type ServiceContext } from '@deckwatch/service-kit';
import { ExpiryWorker } from './expiry/expiry-worker.ts';
import { Lease } from './lease/lease.ts';
import { LeasedWork } from './lease/leased-work.ts';
import { pause } from './lease/pause.ts';
import { AppPages } from './listing/app-pages.ts';
import { SessionList } from './listing/session-list.ts';
import { JetStreamSessionLog } from './outbox/jetstream-session-log.ts';
import { OutboxPublisher } from './outbox/outbox-publisher.ts';
import { RedisOutbox } from './outbox/redis-outbox.ts';
import { warnOfEviction } from './redis/eviction.ts';
import { RedisConnection } from './redis/redis-connection.ts';
import { RedisRegistry } from './registry/redis-registry.ts';
import { keys } from './registry/registry-keys.ts';
import { USUAL_RULES, type RegistryRules } from './registry/session-change.ts';
import { SessionDesk } from './rpc/session-desk.ts';
import { SessionMeter } from './session-meter.ts';
import type { SessionsSettings } from './settings.ts';
import { ChangeQueue } from './sources/change-queue.ts';
import { Ears } from './sources/ears.ts';
import type { HeldSource } from './sources/held/held-source.ts';
import { HttpSource } from './sources/http/http-source.ts';
import { SourceDesk } from './sources/held/source-desk.ts';
import type { SourceState } from './sources/held/source-state.ts';
import { IngestSource } from './sources/ingest-source.ts';
import { RedisSource } from './sources/redis/redis-source.ts';
import type { SessionSource } from './sources/session-source.ts';

export type KeeperContext = Pick<ServiceContext, 'instance' | 'bus' | 'log' | 'parts' | 'metrics' | 'clock'> & {
  settings: Pick<SessionsSettings, 'REDIS_URL' | 'DECKWATCH_SESSION_SOURCES' | 'DECKWATCH_SECRET_KEY'> &
    Partial<Pick<SessionsSettings, 'REDIS_CA' | 'REDIS_CERT' | 'REDIS_KEY'>>;
};

export interface KeeperOptions {
  rules?: RegistryRules;
  /** For how long a lease is valid, milliseconds: about the time in which another instance takes over. */
  leaseMs?: number;
}

/** Renewed five times in this time; a second instance takes over within a fifth more. */
const LEASE_MS = 2000;
const LOOK_EVERY_MS = 5000;

/**
 * The whole service, put together by hand: sources hand changes to the queue, the queue to the registry; in one of
 * the instances each, the expiry worker ends what is over and the publisher moves events to the stream.
 */
export class SessionKeeper {
  readonly registry: RedisRegistry;
  private readonly redis: RedisConnection;
  private readonly blocking: RedisConnection;
  private readonly outbox: RedisOutbox;
  private readonly queue: ChangeQueue;
  private readonly meter: SessionMeter;
  private readonly ears: Ears;
  private readonly desk: SessionDesk;
  private readonly sources: SessionSource[];
  private readonly held: HeldSource[];
  private readonly works: LeasedWork[];
  private readonly stopping = new AbortController();
  private readonly bus: Bus;

  constructor(
    private readonly context: KeeperContext,
    options: KeeperOptions = {},
  ) {
    const { bus, clock, log, parts, metrics, settings, instance } = context;
    const { rules = USUAL_RULES, leaseMs = LEASE_MS } = options;
    const name = `deckwatch-sessions-${instance}`;
    this.bus = bus;
    const address = { url: settings.REDIS_URL, tls: tlsMaterial('REDIS', settings), settings: 'REDIS' as const, name };
    this.redis = new RedisConnection(address, log);
    this.blocking = this.redis.another(`${name}-outbox`);
    this.registry = new RedisRegistry(this.redis, rules);
    this.outbox = new RedisOutbox(this.redis, this.blocking, randomUUID);
    this.meter = new SessionMeter(metrics, parts, () => clock.now(), () => this.queue.length); // prettier-ignore
    this.queue = new ChangeQueue(this.registry, this.meter, clock, log);
    this.ears = new Ears(clock);
    const list = new SessionList(this.registry, new AppPages(this.redis), () => clock.now());
    const { registry, redis, queue: sink } = this;
    const sourceDesk = new SourceDesk({ bus, redis, registry, sink, clock }, settings.DECKWATCH_SESSION_SOURCES);
    this.desk = new SessionDesk(bus, registry, list, sink, clock, sourceDesk);
    this.sources = [new IngestSource(bus, this.queue, clock, (why) => this.meter.refused(why))];
    this.held = this.heldSources();
    const orphans = (signal: AbortSignal): Promise<void> => this.endOrphans(signal);
    this.works = [
      this.leased('expiry', leaseMs, this.expiry()),
      this.leased('outbox', leaseMs, this.publishing()),
      this.leased('orphans', leaseMs, orphans),
      ...this.held.map((source) =>
        this.leased(`source:${source.name}`, leaseMs, (signal) => sourceDesk.follow(source, signal)),
      ),
    ];
  }

  start(): void {
    const { parts, log } = this.context;
    this.redis.watch((fault) => {
      if (fault === null) void warnOfEviction(this.redis, log);
      parts.set('redis', fault);
      this.ears.set('redis', fault === null);
    });
    const nats = this.bus.status$.subscribe((status) => this.ears.set('nats', status === 'up'));
    this.stopping.signal.addEventListener('abort', () => nats.unsubscribe());
    for (const connection of [this.redis, this.blocking]) connection.open();
    for (const source of this.sources) source.start();
    this.desk.start();
    for (const work of this.works) work.start();
    void this.lookAround();
  }

  /** How the sources stand that are followed here. */
  sourceStates(): SourceState[] {
    return this.held.map(({ book }) => book.state);
  }

  /** Takes no more, lets what is under way end, gives the leases back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.desk.stop();
    await Promise.all(this.sources.map((source) => source.stop()));
    await this.queue.close();
    await Promise.all(this.works.map((work) => work.stop()));
    await Promise.all([this.redis.close(), this.blocking.close()]);
  }

  private leased(name: string, leaseMs: number, work: (signal: AbortSignal) => Promise<void>): LeasedWork {
    const { clock, log } = this.context;
    const lease = new Lease(this.redis, keys.lease(name), randomUUID(), leaseMs);
    return new LeasedWork({ name, lease, work, able: () => this.bus.connected && this.redis.up, clock, log });
  }

  private heldSources(): HeldSource[] {
    const { settings, clock, log, instance } = this.context;
    const installationKey = settings.DECKWATCH_SECRET_KEY;
    const { registry, queue: sink } = this;
    return settings.DECKWATCH_SESSION_SOURCES.flatMap((source): HeldSource[] => {
      if (source.kind === 'ingest') return [];
      // Without it the public ids would be others after each start.
      if (!installationKey) throw new SettingsError('DECKWATCH_SECRET_KEY is missing: session sources need it');
      const common = { registry, sink, installationKey, clock, log };
      if (source.kind === 'redis') {
        return [new RedisSource(source, { ...common, clientName: `deckwatch-${source.name}-${instance}` })];
      }
      return [new HttpSource(source, { ...common, fetch })];
    });
  }

  /** Ends the sessions of sources that are no longer named: nobody would ever say that they are over. */
  private async endOrphans(signal: AbortSignal): Promise<void> {
    const { clock } = this.context;
    for (const [name, app] of Object.entries(await this.registry.holders())) {
      if (this.held.some((source) => source.name === name)) continue;
      for await (const sessions of this.registry.heldBy(name, app)) {
        const end = {
          op: 'end',
          user: null,
          attrs: {},
          ttlMs: 1,
          t: null,
          at: clock.now(),
          reason: 'unknown',
        } as const;
        await Promise.all(sessions.map(({ id }) => this.queue.submit({ app, id, held: name, ...end })));
      }
      await this.registry.forgetHolder(name);
    }
    while (!signal.aborted) await pause(clock, LOOK_EVERY_MS, signal);
  }

  private expiry(): (signal: AbortSignal) => Promise<void> {
    const { registry, ears, meter } = this;
    const { clock, log } = this.context;
    const onWrongCount = (): void => meter.wrongCount();
    const worker = new ExpiryWorker({ registry, hearing: () => ears.hearing(), clock, log, onWrongCount });
    return (signal) => worker.work(signal);
  }

  private publishing(): (signal: AbortSignal) => Promise<void> {
    const { clock, log } = this.context;
    const publisher = new OutboxPublisher(this.outbox, new JetStreamSessionLog(this.bus), this.meter, clock, log);
    return async (signal) => {
      await publisher.work(signal);
      // It is another's matter now.
      this.meter.fault(null);
    };
  }

  /** Looks at the counts and the outbox now and then, for the metrics. */
  private async lookAround(): Promise<void> {
    const { clock } = this.context;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await Promise.all([this.registry.count(clock.now()), this.outbox.state()])
        .then(([{ byApp }, outbox]) => this.meter.show(byApp, outbox))
        .catch(() => undefined); // Redis is away: said by its part
      await pause(clock, LOOK_EVERY_MS, signal);
    }
  }
}
