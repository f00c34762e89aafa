import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@deckwatch/bus';
import { SESSIONS_RPC, type SessionEvent } from '@deckwatch/contracts';
import {
  buildService,
  describeWith,
  eventually,
  ServiceProcess,
  startNats,
  startRedis,
  testBus,
  type NatsServer,
  type RedisServer,
} from '@deckwatch/testing';
import { Redis } from 'ioredis';
import { countOf, followEvents, INSTALLATION_KEY } from './running-keeper.ts';
import { listAll, publicId } from './source-stage.ts';

const APP = 'burst';
const SESSIONS = 10_000;
const AT_ONCE = 40;
const EVERY_MS = 33;
const WAIT = { timeoutMs: 60_000, everyMs: 50 };

/** One session at the source, and when it was there; Infinity: to this day. */
interface Life {
  id: string;
  begun: number;
  ended: number;
}

/** Writes sessions of all sorts: for good, for a moment, for some seconds, and logged out at once. */
class Burst {
  readonly lives: Life[] = [];

  constructor(private readonly redis: Redis) {}

  async run(): Promise<void> {
    const startedAt = Date.now();
    for (let from = 0; from < SESSIONS; from += AT_ONCE) {
      await this.write(from);
      await sleep(Math.max(0, startedAt + (from / AT_ONCE) * EVERY_MS - Date.now()));
    }
  }

  private async write(from: number): Promise<void> {
    const lives = Array.from({ length: AT_ONCE }, (_, at) => ({ id: `${from + at}`, begun: Date.now(), ended: Infinity })); // prettier-ignore
    const pipeline = this.redis.pipeline();
    lives.forEach(({ id }, at) => {
      const lastsMs = [undefined, 150, 3000, 600_000][at % 4];
      const value = JSON.stringify({ cookie: {}, user: { name: `user ${id}` } });
      if (lastsMs === undefined) pipeline.set(`sess:${id}`, value);
      else pipeline.set(`sess:${id}`, value, 'PX', lastsMs);
      if (at % 8 === 0) pipeline.del(`sess:${id}`);
    });
    await pipeline.exec();
    const now = Date.now();
    lives.forEach((life, at) => {
      if (at % 8 === 0) life.ended = now;
      else if (at % 4 === 1 || at % 4 === 2) life.ended = now + [0, 150, 3000][at % 4]!;
    });
    this.lives.push(...lives);
  }
}

describeWith('nats', 'redis')('the service killed in a burst', () => {
  let nats: NatsServer;
  let own: RedisServer;
  let users: RedisServer;
  let built: Awaited<ReturnType<typeof buildService>>;
  let service: ServiceProcess;
  let bus: Bus;
  let redis: Redis;
  let log: ReturnType<typeof followEvents>;

  beforeAll(async () => {
    [nats, own, users, built] = await Promise.all([startNats(), startRedis(), startRedis(), buildService('sessions')]);
    bus = await testBus(nats, 'app');
    redis = new Redis(users.url);
    service = new ServiceProcess(built.file, {
      NATS_URL: nats.url,
      REDIS_URL: own.url,
      DECKWATCH_SECRET_KEY: INSTALLATION_KEY.toString('base64'),
      DECKWATCH_SESSION_SOURCES: JSON.stringify([{ app: APP, kind: 'redis', url: users.url, shape: 'connect-redis' }]),
    });
    service.start();
    await following(0);
    log = followEvents(bus);
  }, 60_000);
  afterAll(async () => {
    log.stop();
    redis.disconnect();
    await service.end('SIGKILL');
    await bus.close();
    await Promise.all([nats.stop(), own.stop(), users.stop(), built.remove()]);
  });

  async function state() {
    return (await bus.call('sessions', SESSIONS_RPC, 'sources', {})).items[0]!;
  }
  /** Resolves once all has been compared since that moment, with the moment at which it was known. */
  async function following(since: number): Promise<number> {
    await eventually(async () => {
      const { state: stands, comparedAt } = await state();
      expect(stands).toBe('following');
      expect(comparedAt).toBeGreaterThan(since);
    }, WAIT);
    return Date.now();
  }
  /** What was told of each session, in order. */
  function told(): Map<string, string> {
    const byId = new Map<string, string[]>();
    for (const { id, event } of log.events) byId.set(id, [...(byId.get(id) ?? []), event]);
    return new Map([...byId].map(([id, events]) => [id, events.join()]));
  }

  it('agrees with the source afterwards, tells each session that it could see once, and none that it could not', async () => {
    const burst = new Burst(redis);
    const running = burst.run();
    await eventually(() => expect(log.events.length).toBeGreaterThan(1500), WAIT);
    const seenBefore = new Set(log.events.map(({ id }) => id));
    await service.end('SIGKILL');
    const deadAt = Date.now();
    service.start();
    const restartedAt = Date.now();
    const back = following(deadAt);
    await running;
    const followedAt = await back;
    await eventually(async () => expect((await countOf(bus)).byApp[APP]).toBe(await redis.dbsize()), WAIT);
    await eventually(async () => {
      const names = await redis.keys('sess:*');
      const listed = await listAll(bus, APP);
      expect(listed.map(({ id }) => id).sort()).toEqual(names.map((name) => publicId(name.slice('sess:'.length))).sort());
      expect((await countOf(bus)).byApp[APP]).toBe(await redis.dbsize());
    }, WAIT); // prettier-ignore
    await eventually(() => expect(log.events.at(-1)!.active).toBe(sum(log.events)), WAIT);

    const living = new Set((await redis.keys('sess:*')).map((name) => publicId(name.slice('sess:'.length))));
    const lines = told();
    const verdicts = burst.lives.map(({ id, begun, ended }) => {
      const line = lines.get(publicId(id)) ?? '';
      const whole = living.has(publicId(id)) ? 'created' : 'created,destroyed';
      const certain = seenBefore.has(publicId(id)) || ended > followedAt;
      const hidden = begun > deadAt && ended < restartedAt;
      return { id, line, right: line === whole ? !hidden : line === '' && !certain };
    });
    expect(verdicts.filter(({ right }) => !right)).toEqual([]);
    const untold = verdicts.filter(({ line }) => line === '').length;
    const { gaps, unseen } = await state();
    expect(gaps).toBe(1);
    expect(unseen).toBeGreaterThan(0);
    expect(unseen).toBeLessThanOrEqual(untold);
    expect(log.events.map(({ active }) => active)).toEqual(runningSum(log.events));
  }, 120_000);
});

function sum(events: readonly SessionEvent[]): number {
  return events.reduce((total, { delta }) => total + delta, 0);
}

function runningSum(events: readonly SessionEvent[]): number[] {
  let total = 0;
  return events.map(({ delta }) => (total += delta));
}
