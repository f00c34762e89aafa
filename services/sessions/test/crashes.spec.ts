import { SESSIONS_RPC, type Session, type SessionEvent, type SessionIngest } from '@deckwatch/contracts';
import type { Bus } from '@deckwatch/bus';
import {
  brokerSettings,
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
import { countOf, followEvents, ingest } from './running-keeper.ts';

const APPS = ['shop', 'forum'];
const SESSIONS = 240;

/** Sends until it is answered with `ok`: with its own `t` a message may be sent any number of times. */
async function insist(bus: Bus, app: string, message: Partial<SessionIngest>): Promise<void> {
  await eventually(async () => expect(await ingest(bus, app, message)).toEqual({ ok: true }), {
    timeoutMs: 60_000,
    everyMs: 100,
  });
}

/** What must hold of a log of one app whatever died: each count follows from the one before. */
function expectUnbroken(events: SessionEvent[]): void {
  let active = 0;
  const alive = new Set<string>();
  for (const event of events) {
    active += event.delta;
    expect(event.active).toBe(active);
    expect(alive.has(event.id)).toBe(event.event !== 'created');
    if (event.event === 'created') alive.add(event.id);
    if (event.event === 'destroyed') alive.delete(event.id);
  }
}

async function listAll(bus: Bus): Promise<Session[]> {
  const sessions: Session[] = [];
  let cursor: string | undefined;
  do {
    const page = await bus.call('sessions', SESSIONS_RPC, 'list', { limit: 100, cursor });
    sessions.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return sessions;
}

describeWith('nats', 'redis')('sessions when everything may die', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let bus: Bus;
  let built: Awaited<ReturnType<typeof buildService>>;
  let services: [ServiceProcess, ServiceProcess];

  beforeAll(async () => {
    [nats, redis, built] = await Promise.all([startNats(), startRedis(), buildService('sessions')]);
    bus = await testBus(nats, 'app');
    const env = brokerSettings('sessions', { nats, redis });
    services = [0, 1].map((at) => new ServiceProcess(built.file, { ...env, DECKWATCH_INSTANCE: `i${at}` })) as never;
    for (const service of services) service.start();
    await eventually(() => countOf(bus), { timeoutMs: 20_000 });
  }, 60_000);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.end('SIGKILL')));
    await bus.close();
    await Promise.all([nats.stop(), redis.stop(), built.remove()]);
  });

  it('are told once each, in order, with the right count', async () => {
    const stream = followEvents(bus);
    const run = async (at: number): Promise<void> => {
      const app = APPS[at % 2]!;
      const t = Date.now();
      await insist(bus, app, { id: `s${at}`, op: 'start', user: `u${at % 7}`, t });
      if (at % 3 !== 0) await insist(bus, app, { id: `s${at}`, op: 'end', t: t + 1 });
    };
    const runs: Promise<void>[] = [];
    const runSome = (count: number) => runs.push(...Array.from({ length: count }, (_, at) => run(runs.length + at)));
    const dies = async (service: ServiceProcess): Promise<void> => {
      await service.end('SIGKILL');
      service.start();
    };
    const faults: (() => Promise<unknown>)[] = [
      () => dies(services[0]),
      () => dies(services[1]),
      () => nats.kill().then(() => nats.restart()),
      () => redis.kill().then(() => redis.restart()),
      () => services[0].end('SIGKILL'),
    ];
    const some = SESSIONS / faults.length / 2;
    for (const fault of faults) {
      const before = stream.events.length;
      runSome(some);
      // The first is told, the others are under way.
      await eventually(() => expect(stream.events.length).toBeGreaterThan(before), { timeoutMs: 20_000 });
      await fault();
      const told = stream.events.length;
      runSome(some);
      // Somebody has the leases again.
      await eventually(() => expect(stream.events.length).toBeGreaterThan(told), { timeoutMs: 20_000 });
    }
    await Promise.all(runs);
    const living = Math.ceil(SESSIONS / 3);
    const told = SESSIONS + (SESSIONS - living);
    await eventually(() => expect(stream.events).toHaveLength(told), { timeoutMs: 30_000 });
    for (const app of APPS) expectUnbroken(stream.events.filter((event) => event.app === app));
    expect(await countOf(bus)).toMatchObject({ active: living, byApp: { shop: living / 2, forum: living / 2 } });
    expect(await listAll(bus)).toHaveLength(living);
    stream.stop();
  }, 120_000);

  it('end at once and clean when asked to', async () => {
    expect(await services[1].end('SIGTERM')).toBe(0);
  });
});
