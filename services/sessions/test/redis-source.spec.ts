import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SESSIONS_RPC, type SessionEvent } from '@deckwatch/contracts';
import { describeWith, eventually, startNats, startRedis, type NatsServer, type RedisServer } from '@deckwatch/testing';
import { Redis } from 'ioredis';
import { countOf, followEvents, runKeeper, type RunningKeeper } from './running-keeper.ts';
import { agreesExactly, linesOf, publicId, WAIT } from './source-stage.ts';

const session = (user: string): string => JSON.stringify({ cookie: {}, passport: { user } });

describeWith('nats', 'redis')('sessions in a Redis of the user', () => {
  let nats: NatsServer;
  let own: RedisServer;
  let users: RedisServer;
  let redis: Redis;
  let app: string;
  let count = 0;
  let keeper: RunningKeeper;
  let log: ReturnType<typeof followEvents>;
  const events = (): SessionEvent[] => log.events.filter((event) => event.app === app);
  const brief = (): string[] => events().map(({ event, reason }) => `${event} ${reason}`);
  const active = async (): Promise<number> => (await countOf(keeper.outside)).byApp[app] ?? 0;

  /** What the source holds is what is listed, counted and told; also after a last one has come and gone. */
  async function agree(): Promise<void> {
    const present = async () => (await redis.keys('sess:*')).map((key) => key.slice('sess:'.length));
    const ofApp = { bus: keeper.outside, app, events };
    await agreesExactly(ofApp, present);
    const last = `last-${events().length}`;
    const told = () => linesOf(events())[publicId(last)];
    await redis.set(`sess:${last}`, session('last'));
    await eventually(() => expect(told()).toBe('created'), WAIT);
    await redis.del(`sess:${last}`);
    await eventually(() => expect(told()).toBe('created,destroyed'), WAIT);
    await agreesExactly(ofApp, present);
  }

  let revoke = false;
  const source = () => ({
    revoke,
    app,
    kind: 'redis',
    url: `${users.url}/0`,
    shape: 'connect-redis',
    attrs: { plan: 'plan' },
  });
  async function follow(): Promise<void> {
    keeper = await runKeeper(nats, own, `one-${count}`, { leaseMs: 1000, sources: [source()] });
    log = followEvents(keeper.outside);
    await becomeComplete();
  }
  async function becomeComplete(): Promise<void> {
    await eventually(async () => {
      const [state] = keeper.keeper.sourceStates();
      expect(state).toMatchObject({ state: 'following', fault: null });
    }, WAIT);
  }

  beforeAll(async () => {
    [nats, own, users] = await Promise.all([startNats(), startRedis(), startRedis()]);
  });
  afterAll(() => Promise.all([nats.stop(), own.stop(), users.stop()]));
  beforeEach(async () => {
    count += 1;
    app = `app-${count}`;
    // What was under way when the server ended must not be done again: it would begin sessions a second time.
    const options = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: null };
    redis = new Redis(users.url, { retryStrategy: () => 50, ...options });
    redis.on('error', () => undefined); // its server is ended on purpose
    await redis.flushall();
    await redis.config('SET', 'notify-keyspace-events', '');
  });
  afterEach(async () => {
    log.stop();
    await keeper.stop();
    redis.disconnect();
  });

  it('begin at login, are silent when touched, and end at logout, under ids that give nothing away', async () => {
    await follow();
    await redis.set('sess:secret-1', JSON.stringify({ passport: { user: 'ada' }, plan: 'pro', token: 'x' }), 'EX', 600);
    await eventually(() => expect(brief()).toEqual(['created login']), WAIT);
    expect(events()[0]).toMatchObject({ id: publicId('secret-1'), user: 'ada', attrs: { plan: 'pro' }, active: 1 });
    await redis.set('sess:secret-1', JSON.stringify({ passport: { user: 'ada' }, plan: 'pro' }), 'EX', 900);
    await redis.expire('sess:secret-1', 1200);
    await redis.set('other:key', 'x');
    await redis.del('sess:secret-1');
    await eventually(() => expect(brief()).toEqual(['created login', 'destroyed logout']), WAIT);
    expect(JSON.stringify(log.events)).not.toContain('secret-1');
  });

  it('tell of another user or attribute as an update', async () => {
    await follow();
    await redis.set('sess:a', session('ada'));
    await eventually(() => expect(brief()).toEqual(['created login']), WAIT);
    await redis.set('sess:a', session('bob'));
    await eventually(() => expect(events()[1]).toMatchObject({ event: 'updated', user: 'bob' }), WAIT);
  });

  it('leave the notifications on that others had asked for', async () => {
    await redis.config('SET', 'notify-keyspace-events', 'Km');
    await follow();
    await redis.set('sess:a', session('ada'));
    await eventually(() => expect(brief()).toEqual(['created login']), WAIT);
    const [, flags] = (await redis.config('GET', 'notify-keyspace-events')) as [string, string];
    // Redis 7.0 does not name new keys (n) where all others are on.
    expect([...flags].filter((flag) => flag !== 'n').sort().join('')).toBe('AEKm'); // prettier-ignore
  });

  it('end when their time is over, before Redis has noticed, and once though it says so later', async () => {
    await follow();
    const pipeline = redis.pipeline();
    for (let n = 0; n < 300; n += 1) pipeline.set(`sess:${n}`, session('ada'), 'PX', 1500);
    await pipeline.exec();
    const at = Date.now();
    // Redis expires nothing while writes are paused, so it can't be what tells of the ends.
    await redis.client('PAUSE', 60_000, 'WRITE');
    const ends = () => brief().filter((text) => text === 'destroyed expired');
    await eventually(() => expect(ends()).toHaveLength(300), WAIT);
    expect(await redis.dbsize()).toBe(300);
    // Looking at some now and then would find them as well, twenty a second.
    expect(Math.max(...events().map(({ t }) => t)) - at).toBeLessThan(8000);
    await redis.client('UNPAUSE');
    await eventually(async () => expect(await redis.dbsize()).toBe(0), WAIT);
    await agree();
  });

  it('are all told once, those that come and go within a moment as well', async () => {
    await follow();
    const pipeline = redis.pipeline();
    for (let n = 0; n < 200; n += 1) pipeline.set(`sess:${n}`, session('ada')).del(`sess:${n}`);
    await pipeline.exec();
    await redis.set('sess:last', session('eve'));
    await eventually(() => expect(events().at(-1)?.user).toBe('eve'), WAIT);
    expect(brief().filter((text) => text === 'created login')).toHaveLength(201);
    expect(brief().filter((text) => text === 'destroyed logout')).toHaveLength(200);
  });

  it('that are flushed, renamed or evicted are over, though Redis says little of it', async () => {
    await follow();
    for (const id of ['a', 'b', 'c']) await redis.set(`sess:${id}`, session(id));
    await eventually(async () => expect(await active()).toBe(3), WAIT);
    await redis.rename('sess:a', 'sess:d');
    await eventually(() => expect(brief().slice(3).sort()).toEqual(['created login', 'destroyed unknown']), WAIT);
    await redis.flushdb();
    await eventually(async () => expect(await active()).toBe(0), WAIT);
    for (let n = 0; n < 40; n += 1) await redis.set(`sess:${n}`, session('x'.repeat(50_000)), 'EX', 500);
    await eventually(async () => expect(await active()).toBe(40), WAIT);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-random');
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
    await redis.config('SET', 'maxmemory', String(used - 500_000));
    await eventually(async () => expect(await redis.dbsize()).toBeLessThan(40), WAIT);
    await redis.config('SET', 'maxmemory', '0');
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await agree();
  });

  it('that are there before it starts, and what happens while it is away, are told once', async () => {
    for (let n = 0; n < 1500; n += 1) await redis.set(`sess:${n}`, session('ada'), 'EX', 600);
    await follow();
    expect(await active()).toBe(1500);
    expect(new Set(brief())).toEqual(new Set(['created unknown']));
    log.stop();
    await keeper.stop();
    await redis.del(...Array.from({ length: 500 }, (_, n) => `sess:${n}`));
    await redis.set('sess:new', session('new'));
    await follow();
    expect(await active()).toBe(1001);
    await eventually(() => expect(events()).toHaveLength(1500 + 500 + 1), WAIT);
    await agree();
  });

  it('agree with the source after its subscriber was killed in a burst', async () => {
    await follow();
    const kill = async (): Promise<void> => {
      for (const line of String(await redis.client('LIST')).split('\n')) {
        const [, id] = /id=(\d+) .*name=deckwatch.*-events/.exec(line) ?? [];
        if (id) await redis.client('KILL', 'ID', id);
      }
    };
    for (let n = 0; n < 2000; n += 1) {
      const write = n % 3 === 2 ? redis.del(`sess:${n - 2}`) : redis.set(`sess:${n}`, session('ada'), 'EX', 600);
      if (n === 700 || n === 1400) await kill();
      if (n % 100 === 0) await write;
    }
    await redis.ping();
    await agree();
    expect(keeper.keeper.sourceStates()[0]!.gaps).toBeGreaterThanOrEqual(1);
  });

  it('go on when Redis restarts amid changes with its data, and end when it comes back without', async () => {
    await follow();
    let back: Promise<void> | undefined;
    for (let n = 0; n < 1500; n += 1) {
      const lastsMs = n % 5 === 0 ? 400 : 600_000;
      const write = n % 3 === 2 ? redis.del(`sess:${n - 2}`) : redis.set(`sess:${n}`, session('ada'), 'PX', lastsMs);
      if (n === 750) back = users.restart();
      // What was under way when it ended is never answered.
      if (n % 50 === 0) await Promise.race([write, back ?? write]);
    }
    await back;
    await redis.ping();
    await agree();
    expect(keeper.keeper.sourceStates()[0]!.gaps).toBeGreaterThanOrEqual(1);
    expect(await active()).toBeGreaterThan(0);
    await users.kill();
    await rm(join(users.storeDir, 'appendonlydir'), { recursive: true });
    await users.restart();
    await redis.set('sess:new', session('eve'));
    await agree();
    expect(await active()).toBe(1);
  }, 60_000);

  it('that can not be read are counted and listed, and harm nobody', async () => {
    await follow();
    await redis.set('sess:bad', '{"half":');
    await redis.hset('sess:hash', 'a', '1');
    await redis.set('sess:good', session('ada'));
    await eventually(async () => expect(await active()).toBe(3), WAIT);
    const { unreadable } = keeper.keeper.sourceStates()[0]!;
    expect(unreadable.latest.map(({ why }) => why).sort()).toEqual(['another type of key', 'not JSON']);
  });

  it('are ended at the source by who asks any instance, where the source allows it', async () => {
    revoke = true;
    await follow();
    const other = await runKeeper(nats, own, `two-${count}`, { leaseMs: 1000, sources: [source()] });
    await redis.set('sess:a', session('ada'), 'EX', 600);
    await eventually(async () => expect(await active()).toBe(1), WAIT);
    const items = ['a', 'b'].map((id) => ({ app, id: publicId(id) }));
    const answer = await other.outside.call('sessions', SESSIONS_RPC, 'revoke', { items });
    expect(answer.items).toMatchObject([{ revoked: true }, { revoked: false, why: 'no such session' }]);
    expect(await redis.exists('sess:a')).toBe(0);
    await eventually(() => expect(brief()).toEqual(['created login', 'destroyed revoked']), WAIT);
    await eventually(async () => {
      const { items: sources } = await other.outside.call('sessions', SESSIONS_RPC, 'sources', {});
      expect(sources).toMatchObject([{ app, state: 'following', sessions: 0, revokes: true }]);
    }, WAIT);
    await other.stop();
    revoke = false;
    await redis.set('sess:c', session('eve'));
    await eventually(async () => expect(await active()).toBe(1), WAIT);
  });

  it('fall to another instance when theirs dies, and nothing is told twice', async () => {
    await follow();
    const other = await runKeeper(nats, own, `two-${count}`, { leaseMs: 1000, sources: [source()] });
    for (let n = 0; n < 300; n += 1) await redis.set(`sess:${n}`, session('ada'), 'EX', 600);
    await eventually(async () => expect(await active()).toBe(300), WAIT);
    await keeper.keeper.stop();
    await redis.del('sess:0');
    await redis.set('sess:300', session('ada'));
    await eventually(() => expect(events()).toHaveLength(302), WAIT);
    expect(events().slice(300).map(({ event }) => event).sort()).toEqual(['created', 'destroyed']); // prettier-ignore
    await agreesExactly({ bus: other.outside, app, events }, async () =>
      (await redis.keys('sess:*')).map((key) => key.slice('sess:'.length)),
    );
    await other.stop();
  });
});
