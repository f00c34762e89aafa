import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bus } from '@deckwatch/bus';
import { SESSIONS_RPC } from '@deckwatch/contracts';
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
import { followEvents, INSTALLATION_KEY } from './running-keeper.ts';
import { publicId } from './source-stage.ts';

const TAKEN_OVER_MS = 10_000;

describeWith('nats', 'redis')('two instances that follow sources', () => {
  let brokers: [NatsServer, RedisServer, RedisServer];
  let built: Awaited<ReturnType<typeof buildService>>;
  let services: ServiceProcess[];
  let bus: Bus;
  let redis: Redis;
  let endpoint: Server;
  let people: string[] = [];
  let log: ReturnType<typeof followEvents>;

  beforeAll(async () => {
    endpoint = createServer((_, response) => response.end(JSON.stringify(people.map((id) => ({ id }))))).listen(0);
    await once(endpoint, 'listening');
    built = await buildService('sessions');
    brokers = await Promise.all([startNats(), startRedis(), startRedis()]);
    const [nats, own, users] = brokers;
    bus = await testBus(nats, 'app');
    redis = new Redis(users.url);
    const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
    const sources = [
      { app: 'kept', kind: 'redis', url: users.url, shape: 'connect-redis' },
      { app: 'listed', kind: 'http', url, everySeconds: 1 },
    ];
    const env = {
      NATS_URL: nats.url,
      REDIS_URL: own.url,
      DECKWATCH_SECRET_KEY: INSTALLATION_KEY.toString('base64'),
      DECKWATCH_SESSION_SOURCES: JSON.stringify(sources),
    };
    services = ['one', 'two'].map((name) => new ServiceProcess(built.file, { ...env, DECKWATCH_INSTANCE: name }));
    for (const service of services) service.start();
    await eventually(followed, { timeoutMs: 30_000 });
    log = followEvents(bus);
  }, 60_000);
  afterAll(async () => {
    log.stop();
    redis.disconnect();
    endpoint.close();
    await Promise.all(services.map((service) => service.end('SIGKILL')));
    await bus.close();
    await Promise.all([...brokers.map((broker) => broker.stop()), built.remove()]);
  });

  async function followed(): Promise<void> {
    const { items } = await bus.call('sessions', SESSIONS_RPC, 'sources', {});
    expect(items.map(({ state }) => state)).toEqual(['following', 'following']);
  }
  async function arrive(id: string): Promise<void> {
    people = [...people, id];
    await redis.set(`sess:${id}`, JSON.stringify({ user: { name: id } }), 'EX', 600);
  }
  const told = (): string[] => log.events.map(({ app, id, event }) => `${app} ${id} ${event}`).sort();
  const expected = (...ids: string[]): string[] =>
    ids.flatMap((id) => [`kept ${publicId(id)} created`, `listed ${publicId(id)} created`]).sort();

  it('tell each session once, and all of them soon after whichever of them is killed', async () => {
    await arrive('a');
    await eventually(() => expect(told()).toEqual(expected('a')), { timeoutMs: TAKEN_OVER_MS });
    await services[0]!.end('SIGKILL');
    await arrive('b');
    await eventually(() => expect(told()).toEqual(expected('a', 'b')), { timeoutMs: TAKEN_OVER_MS });
    services[0]!.start();
    await eventually(() => expect(services[0]!.output).toMatch(/redis connected/), { timeoutMs: 20_000 });
    await services[1]!.end('SIGKILL');
    await arrive('c');
    await eventually(() => expect(told()).toEqual(expected('a', 'b', 'c')), { timeoutMs: TAKEN_OVER_MS });
  }, 60_000);
});
