import { describeWith, silentLog, startRedis, type RedisServer } from '@deckwatch/testing';
import fc from 'fast-check';
import { OutboxPublisher, type Outbox } from '../src/outbox/outbox-publisher.ts';
import { RedisOutbox } from '../src/outbox/redis-outbox.ts';
import { RedisConnection } from '../src/redis/redis-connection.ts';
import { RedisRegistry } from '../src/registry/redis-registry.ts';
import { KEY_PREFIX, keys } from '../src/registry/registry-keys.ts';
import type { RegistryRules, SessionChange } from '../src/registry/session-change.ts';
import { aChange, START } from './changes.ts';
import { SessionModel } from './session-model.ts';
import { StoredLog } from './stored-log.ts';

const RULES: RegistryRules = { rememberMs: 3000, updateEveryMs: 2000, outboxLimit: 8, appLimit: 2 };
const SEED = 20_260_101;

/** A change with its times as they were so long before its receipt, milliseconds. */
type Told = Omit<SessionChange, 'at' | 't'> & { sentAgo: number | null; madeAgo?: number; seenAgo?: number };
type Crash = 'none' | 'while storing' | 'before dropping';
type Step =
  | {
      kind: 'change';
      change: Told;
      instance: 0 | 1;
      twice: boolean;
    }
  | { kind: 'wait'; ms: number }
  | { kind: 'expire'; instance: 0 | 1 }
  | { kind: 'deaf' }
  | { kind: 'publish'; count: number; crash: Crash };

const change = fc.record({
  app: fc.constantFrom('shop', 'shop', 'shop', 'forum', 'third'),
  id: fc.constantFrom('a', 'a', 'b b', 'c:\0é'),
  op: fc.constantFrom('start', 'touch', 'touch', 'touch', 'end'),
  user: fc.constantFrom(null, 'ada', 'bob\0'),
  attrs: fc.constantFrom({}, { page: 1 }, { b: true, a: 'x' }),
  ttlMs: fc.constantFrom(1000, 2500, 8000, 30_000),
  sentAgo: fc.constantFrom(null, 0, 0, 1, 1500),
  reason: fc.constantFrom('login', 'logout', 'unknown'),
  held: fc.constantFrom(undefined, undefined, 'source'),
  madeAgo: fc.constantFrom(undefined, undefined, 4000),
  seenAgo: fc.constantFrom(undefined, undefined, 900),
}) as fc.Arbitrary<Told>;
const instance = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('change' as const), change, instance, twice: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 700, 2000, 2000, 5000) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('expire' as const), instance }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'deaf' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('publish' as const),
      count: fc.integer({ min: 1, max: 6 }),
      crash: fc.constantFrom<Crash>('none', 'none', 'while storing', 'before dropping'),
    }),
  },
);

/** How far the clock of the second instance is behind that of the first. */
const SKEW_MS = 300;

/** The registry with two instances, its outbox and the log behind it, beside the model. */
class Trial {
  readonly model = new SessionModel(RULES);
  readonly log = new StoredLog();
  private now = START;
  private heardSince = START;

  constructor(
    private readonly registries: readonly [RedisRegistry, RedisRegistry],
    private readonly outbox: RedisOutbox,
  ) {}

  async take(step: Step): Promise<void> {
    if (step.kind === 'wait') this.now += step.ms;
    else if (step.kind === 'deaf') this.heardSince = this.now;
    else if (step.kind === 'change') await this.change(step);
    else if (step.kind === 'expire') await this.expire(this.registries[step.instance]);
    else await this.publish(step.count, step.crash);
  }

  private async change({ change, instance, twice }: Extract<Step, { kind: 'change' }>): Promise<void> {
    const { sentAgo, madeAgo = 0, seenAgo = 0, ...rest } = change;
    const at = this.now - instance * SKEW_MS;
    const whole = {
      ...rest,
      at,
      madeAt: at - madeAgo,
      seenAt: at - seenAgo,
      t: sentAgo === null ? null : this.now - sentAgo,
    };
    expect(await this.registries[instance].apply(whole)).toBe(this.model.apply(whole));
    // An answer that was lost: the same is sent again, to the other instance.
    if (twice) await this.registries[instance === 0 ? 1 : 0].apply(whole);
  }

  private async expire(registry: RedisRegistry): Promise<void> {
    const hearing = { since: this.heardSince, graceMs: 1500 };
    this.model.expire(this.now, hearing);
    for (;;) {
      const { looked, full } = await registry.serveDue(this.now, hearing, 2);
      if (full || looked === 0) return;
    }
  }

  async publish(count: number, crash: Crash): Promise<void> {
    const before = (await this.outbox.state()).length;
    const stop = new AbortController();
    const fail = (): never => {
      stop.abort();
      throw new Error('killed');
    };
    let reads = 0;
    const outbox: Outbox = {
      id: () => this.outbox.id(),
      read: (after) => ((reads += 1) > 1 ? (stop.abort(), Promise.resolve([])) : this.outbox.read(after, count, 0)),
      drop: (ids) => (crash === 'before dropping' ? fail() : this.outbox.drop(ids)),
    };
    this.log.breakAfter = crash === 'while storing' ? Math.floor(count / 2) : null;
    const log = { end: (id: string) => this.log.end(id), append: this.log.append.bind(this.log) };
    const watch = { stored: () => undefined, unreadable: fail, fault: (why: string | null) => why && stop.abort() };
    await new OutboxPublisher(outbox, log, watch, { now: () => this.now }, silentLog).work(stop.signal);
    this.log.breakAfter = null;
    this.model.publish(before - (await this.outbox.state()).length);
  }

  /** All that can be seen of the registry and the log equals the model. */
  async compare(): Promise<void> {
    for (let left = 1; left > 0; left = (await this.outbox.state()).length) await this.publish(100, 'none');
    expect(this.log.events).toEqual(this.model.events.map((event) => ({ v: 1, ...event })));
    const [registry] = this.registries;
    const ids = [...this.model.live.values()].map(({ app, id }) => ({ app, id }));
    const expected = [...this.model.live.values()].map(
      ({ app, id, user, attrs, createdAt, lastSeenAt, expiresAt }) => ({
        app,
        id,
        user,
        attrs,
        createdAt,
        lastSeenAt,
        expiresAt,
      }),
    );
    expect(await registry.getAll(ids)).toEqual(expected);
    const { active, byApp } = await registry.count(this.now);
    expect(active).toBe(this.model.live.size);
    for (const [app, count] of Object.entries(byApp)) expect(count).toBe(this.model.active(app));
    expect(await registry.verify(0)).toEqual([]);
  }
}

describeWith('redis')('the registry and its outbox', () => {
  let server: RedisServer;
  let connections: RedisConnection[];

  beforeAll(async () => {
    server = await startRedis();
    connections = ['one', 'two', 'blocking'].map((name) => new RedisConnection({ url: server.url, name }, silentLog));
    await Promise.all(connections.map((connection) => connection.client.connect()));
  });
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await server.stop();
  });

  it('do what the model says, whatever comes between, whoever dies, and tell each event once and in order', async () => {
    const [one, two, blocking] = connections as [RedisConnection, RedisConnection, RedisConnection];
    const property = fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
      await one.call('flushall');
      const outbox = new RedisOutbox(one, blocking, () => 'outbox-1');
      const trial = new Trial([new RedisRegistry(one, RULES), new RedisRegistry(two, RULES)], outbox);
      for (const taken of steps) await trial.take(taken);
      await trial.compare();
    });
    await fc.assert(property, { seed: SEED, numRuns: Number(process.env['DECKWATCH_PROPERTY_RUNS'] ?? 250) });
  }, 120_000);

  it('leave nothing behind when all is over and forgotten', async () => {
    const [one] = connections as [RedisConnection];
    await one.call('flushall');
    const registry = new RedisRegistry(one, RULES);
    const base = {
      app: 'shop',
      op: 'start' as const,
      user: 'ada',
      attrs: {},
      ttlMs: 1000,
      t: null,
      reason: 'login' as const,
    };
    for (const id of ['a', 'b', 'c']) await registry.apply({ ...base, id, at: START });
    const hearing = { since: START, graceMs: 0 };
    await registry.serveDue(START + 1000, hearing);
    expect(await registry.count(0)).toMatchObject({ active: 0, byApp: { shop: 0 } });
    await registry.serveDue(START + 1000 + RULES.rememberMs, hearing);
    await registry.verify(START + 100_000);
    expect(await one.call('keys', `${KEY_PREFIX}*`)).toEqual([`${KEY_PREFIX}outbox`]);
  });

  it('put a count right that does not agree with the sessions, and say which it was', async () => {
    const [one] = connections as [RedisConnection];
    await one.call('flushall');
    const registry = new RedisRegistry(one, RULES);
    for (const id of ['a', 'b', 'c']) await registry.apply(aChange({ id, at: START }));
    await registry.apply(aChange({ app: 'forum', at: START }));
    await one.call('hset', keys.counts, 'shop', 7);
    expect(await registry.count(0)).toMatchObject({ active: 8, byApp: { shop: 7, forum: 1 } });
    expect(await registry.verify(0)).toEqual([{ app: 'shop', counted: 7, real: 3 }]);
    expect(await registry.count(0)).toMatchObject({ active: 4, byApp: { shop: 3, forum: 1 } });
    await registry.apply(aChange({ id: 'b', op: 'end', at: START + 1, t: START + 1 }));
    expect(await registry.count(0)).toMatchObject({ byApp: { shop: 2 } });
    expect(await registry.verify(0)).toEqual([]);
    // A list that lacks a session is told as well, though the count is right.
    await one.call('zrem', keys.made('shop'), 'a');
    expect(await registry.verify(0)).toEqual([{ app: 'shop', counted: 2, real: 2 }]);
  });
});
