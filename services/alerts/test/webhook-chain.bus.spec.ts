import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC, subjects, type Delivery } from '@deckwatch/contracts';
import {
  brokerUser,
  containerIdOf,
  describeWith,
  eventually,
  startNats,
  startRedis,
  testBus,
  type NatsServer,
  type RedisServer,
} from '@deckwatch/testing';
import { OddReceiver } from './odd-receiver.ts';
import { Outside, someLastWords, startAlerts, type RunningAlerts } from './support.ts';
import { SECRET, WebhookReceiver } from './webhook-receiver.ts';

jest.setTimeout(90_000);

describeWith('nats', 'redis')('notices by webhook', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let bus: Bus;
  let outside: Outside;
  let alerts: RunningAlerts;
  let receiver: WebhookReceiver;
  let hanging: OddReceiver | undefined;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([startNats(), startRedis()]);
    bus = await testBus(nats);
    outside = new Outside(bus);
    receiver = new WebhookReceiver();
    alerts = await startAlerts(nats, { redisUrl: brokerUser(redis, 'alerts').url });
    await eventually(() => alerts.supervisor.leading);
    const url = await receiver.listen();
    const channel = { name: 'On call', type: 'webhook', url, secret: SECRET, allowPrivate: true } as const;
    await bus.call('alerts', ALERTS_RPC, 'saveChannel', { channel });
    await outside.save({
      id: 'busy',
      name: 'Busy',
      target: 'container',
      condition: { metric: 'cpu', op: '>', value: 80 },
      channels: ['on_call'],
      notify: { groupMs: 0 },
    });
  });

  // Whatever a test left: a receiver that goes on listening, or a broker, would keep the whole run from ending.
  afterEach(async () => {
    receiver?.close();
    hanging?.close();
    hanging = undefined;
    try {
      await alerts?.stop();
      await bus?.close();
    } finally {
      await Promise.all([nats?.stop(), redis?.stop()]);
    }
  });

  const deliveries = async (): Promise<Delivery[]> =>
    (await bus.call('alerts', ALERTS_RPC, 'deliveries', { limit: 500 })).items;

  async function containers(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, number) => containerIdOf(number + 1));
    for (const id of ids) await outside.container({ id, name: `web-${id}` });
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === count);
    return ids;
  }

  it('delivers every transition in order to a receiver that fails half of the time', async () => {
    const ids = await containers(20);
    receiver.answer = (attempt) => (attempt % 2 === 0 ? 204 : 503);
    const t = Date.now();
    for (const id of ids) outside.cpu(95, t, id);
    for (const id of ids) outside.cpu(10, t + 1000, id);
    await eventually(() => expect(outside.heard).toHaveLength(40));
    await eventually(
      () => {
        for (const id of ids) expect(receiver.statesOf(`busy-alpha-${id}-1`)).toEqual(['firing', 'resolved']);
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );
    expect(receiver.forged).toBe(0);
    await eventually(async () =>
      expect((await deliveries()).map(({ state }) => state)).toEqual(Array(40).fill('delivered')),
    );
  });

  it('loses no notice when Redis forgets its queue or is away', async () => {
    const [id] = await containers(1);
    await redis.kill();
    await eventually(() => expect(alerts.parts.snapshot().redis).not.toBeNull());
    outside.cpu(95, Date.now(), id);
    await eventually(async () => expect(await deliveries()).toMatchObject([{ state: 'waiting', attempts: 0 }]));
    expect(outside.states('busy')).toEqual(['firing']);
    await redis.restart();
    await eventually(() => expect(receiver.statesOf(`busy-alpha-${id}-1`)).toEqual(['firing']), { timeoutMs: 30_000 });
  });

  it('shows what a channel answers, and never its secret', async () => {
    receiver.answer = () => 418;
    expect(await bus.call('alerts', ALERTS_RPC, 'testChannel', { id: 'on_call' })).toEqual({
      ok: false,
      status: 418,
      answer: 'noted',
      tookMs: expect.any(Number) as number,
    });
    expect(await bus.call('alerts', ALERTS_RPC, 'channel', { id: 'on_call' })).toMatchObject({
      last: { ok: false, outcome: '418 noted' },
    });
    expect(receiver.forged).toBe(0);
    const { items } = await bus.call('alerts', ALERTS_RPC, 'channels', {});
    expect(items).toMatchObject([{ id: 'on_call', hasSecret: true }]);
    expect(JSON.stringify(items)).not.toContain(SECRET.slice(6));
    const kv = await bus.jsm.streams.getMessage('KV_deckwatch_channels', {
      last_by_subj: '$KV.deckwatch_channels.on_call',
    });
    expect(kv!.string()).not.toContain(SECRET.slice(6));
  });

  it('tells of a container that died how it stood, though its log is read a moment later', async () => {
    const condition = { event: ['died'], withinMs: 60_000 } as const;
    await outside.save({ id: 'gone', name: 'Died', target: 'container', condition, channels: ['on_call'] } as never);
    const [id] = await containers(1);
    const t = Date.now();
    await outside.container({ id, event: 'died', state: 'exited', exitCode: 137, t });
    await eventually(async () => expect(await deliveries()).toMatchObject([{ state: 'waiting' }]));
    const words = someLastWords({ id, t, exitCode: 137, lines: ['out of luck'] });
    await bus.js.publish(subjects.lastWords('alpha', id!), JSON.stringify(words));
    await eventually(() => expect(receiver.received).toHaveLength(1));
    expect(receiver.received[0]!.body).toMatchObject({ state: 'firing', lastWords: words });
  });

  it('goes on delivering after a crash in between', async () => {
    const ids = await containers(10);
    receiver.answer = () => 503;
    const t = Date.now();
    for (const id of ids) outside.cpu(95, t, id);
    await eventually(() => expect(receiver.received.length).toBeGreaterThan(5));
    await alerts.crash();
    receiver.answer = () => 204;
    alerts = await startAlerts(nats, { redisUrl: brokerUser(redis, 'alerts').url });
    await eventually(
      () => {
        for (const id of ids) expect(receiver.statesOf(`busy-alpha-${id}-1`)).toEqual(['firing']);
      },
      { timeoutMs: 40_000 },
    );
  });

  it('lets a channel that hangs hold up no other', async () => {
    hanging = await new OddReceiver().listen();
    hanging.answer = OddReceiver.hangs;
    await bus.call('alerts', ALERTS_RPC, 'saveChannel', {
      channel: { name: 'Dead', type: 'webhook', url: hanging.url, allowPrivate: true },
    });
    const rule = await bus.call('alerts', ALERTS_RPC, 'rule', { id: 'busy' });
    const { revision, provisioned: _, ...draft } = rule;
    await outside.save({ ...draft, channels: ['dead', 'on_call'] }, revision);
    const ids = await containers(30);
    const t = Date.now();
    for (const id of ids) outside.cpu(95, t, id);
    await eventually(() => expect(receiver.received).toHaveLength(30), { timeoutMs: 5000 });
  });
});
