import type { Bus } from '@deckwatch/bus';
import { subjects } from '@deckwatch/contracts';
import {
  describeWith,
  eventually,
  startNats,
  startRedis,
  testBus,
  type NatsServer,
  type RedisServer,
} from '@deckwatch/testing';
import { countOf, followEvents, ingest, runKeeper, type RunningKeeper } from './running-keeper.ts';

describeWith('nats', 'redis')('two instances', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let app: Bus;
  let instances: RunningKeeper[];
  let stream: ReturnType<typeof followEvents>;

  beforeAll(async () => {
    [nats, redis] = await Promise.all([startNats(), startRedis()]);
    app = await testBus(nats, 'app');
    instances = await Promise.all(['one', 'two'].map((name) => runKeeper(nats, redis, name)));
    stream = followEvents(app);
    await eventually(() => instances.forEach(({ parts }) => expect(parts.snapshot()).toMatchObject({ redis: null })));
  });
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await app.close();
    await Promise.all([nats.stop(), redis.stop()]);
  });
  const eventsOf = (name: string) => stream.events.filter((event) => event.app === name);

  it('tell each of a thousand beginnings and expiries once', async () => {
    const ids = Array.from({ length: 500 }, (_, at) => `s${at}`);
    await Promise.all(ids.map((id) => ingest(app, 'crowd', { id, op: 'start', ttlMs: 1500 })));
    expect(await countOf(app)).toMatchObject({ byApp: { crowd: 500 } });
    await eventually(() => expect(eventsOf('crowd')).toHaveLength(1000), { timeoutMs: 15_000 });
    for (const event of ['created', 'destroyed']) {
      expect(
        new Set(
          eventsOf('crowd')
            .filter((each) => each.event === event)
            .map(({ id }) => id),
        ).size,
      ).toBe(500);
    }
    expect(eventsOf('crowd').at(-1)).toMatchObject({ event: 'destroyed', reason: 'expired', active: 0 });
  }, 30_000);

  it('take what is published while Redis is away, and tell it when it is back', async () => {
    await redis.kill();
    await eventually(() =>
      instances.forEach(({ parts }) => expect(parts.snapshot()['redis']).toMatch(/^not connected/)),
    );
    expect(await ingest(app, 'patient', { id: 'asked', op: 'start' })).toEqual({
      ok: false,
      error: 'the session registry is away',
    });
    for (let at = 0; at < 200; at += 1) app.publish(subjects.ingestSessions('patient'), { id: `p${at}`, op: 'start' });
    await app.flush();
    await redis.restart();
    await eventually(() => expect(eventsOf('patient')).toHaveLength(200), { timeoutMs: 15_000 });
    expect(eventsOf('patient').at(-1)!.active).toBe(200);
    await eventually(() => expect(instances.every(({ parts }) => parts.ready)).toBe(true));
  }, 30_000);

  it('go on where they were after the broker was killed', async () => {
    await ingest(app, 'steady', { id: 'a', op: 'start' });
    await nats.kill();
    await nats.restart();
    await eventually(async () => expect(await ingest(app, 'steady', { id: 'b', op: 'start' })).toEqual({ ok: true }), {
      timeoutMs: 15_000,
    });
    await eventually(() => expect(eventsOf('steady').map(({ id }) => id)).toEqual(['a', 'b']), { timeoutMs: 15_000 });
    await eventually(() => expect(instances.every(({ bus }) => bus.connected)).toBe(true), { timeoutMs: 15_000 });
  }, 40_000);

  it('are one in less than ten seconds when the other ends, and lose nothing', async () => {
    await instances[0]!.stop();
    const at = Date.now();
    await ingest(app, 'after', { id: 'a', op: 'start' });
    await eventually(() => expect(eventsOf('after')).toHaveLength(1), { timeoutMs: 10_000 });
    expect(Date.now() - at).toBeLessThan(10_000);
    instances.shift();
  }, 20_000);

  it('end soon though both brokers are away', async () => {
    await Promise.all([nats.kill(), redis.kill()]);
    const at = Date.now();
    await instances[0]!.keeper.stop();
    expect(Date.now() - at).toBeLessThan(3000);
    await Promise.all([nats.restart(), redis.restart()]);
  }, 30_000);
});
