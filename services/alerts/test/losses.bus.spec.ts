import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC, BUCKETS } from '@deckwatch/contracts';
import {
  AN_ID,
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
import { Outside, startAlerts, type RunningAlerts } from './support.ts';

jest.setTimeout(60_000);

/** Of what is lost the alerts service is told by nobody. */
describeWith('nats', 'redis')('what is lost of the alerts', () => {
  const other = containerIdOf(7);
  let nats: NatsServer;
  let redis: RedisServer;
  let bus: Bus;
  let outside: Outside;
  let receiver: OddReceiver;
  let alerts: RunningAlerts;
  let t: number;

  const start = async (): Promise<void> => {
    alerts = await startAlerts(nats, { redisUrl: redis.url });
    await eventually(() => alerts.supervisor.leading);
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 2);
  };
  /** One firing, one that fired and was resolved. */
  const beginWithTwo = async (): Promise<void> => {
    outside.cpu(95, t);
    outside.cpu(95, t, other);
    outside.cpu(10, t + 1000, other);
    await eventually(() => expect(outside.heard).toHaveLength(3));
  };
  const told = (): string[] =>
    receiver.calls.map(({ body }) => {
      const { id, state } = JSON.parse(body) as { id: string; state: string };
      return `${id} ${state}`;
    });

  beforeEach(async () => {
    t = Date.now();
    [nats, redis, receiver] = await Promise.all([startNats(), startRedis(), new OddReceiver().listen()]);
    bus = await testBus(nats);
    outside = new Outside(bus);
    await outside.container();
    await outside.container({ id: other });
    await start();
    const channel = { name: 'Hook', type: 'webhook', url: receiver.url, allowPrivate: true } as const;
    await bus.call('alerts', ALERTS_RPC, 'saveChannel', { channel });
    const condition = { metric: 'cpu', op: '>', value: 80 } as const;
    await outside.save({ id: 'busy', name: 'Busy', target: 'container', condition, channels: ['hook'], notify: { groupMs: 0 } }); // prettier-ignore
  });

  afterEach(async () => {
    await alerts?.stop();
    receiver?.close();
    await bus?.close();
    await Promise.all([nats?.stop(), redis?.stop()]);
  });

  it('when the stream is purged: what lives stands in it again, is not notified again, and no id comes twice', async () => {
    await beginWithTwo();
    await eventually(() => expect(told()).toHaveLength(3));
    const [firing] = outside.heard.filter(({ target }) => target.key.endsWith(AN_ID));
    await bus.jsm.streams.purge('ALERTS');
    await eventually(() => expect(outside.heard[3]).toEqual(firing), { timeoutMs: 15_000 });
    await alerts.stop();
    await start();
    outside.cpu(95, t + 5000, other);
    outside.cpu(10, t + 6000);
    await eventually(() => expect(outside.heard).toHaveLength(6));
    expect(outside.heard[5]).toMatchObject({ id: firing!.id, seq: 2, state: 'resolved' });
    const ids = outside.heard.slice(0, 5).filter(({ target }) => target.key.endsWith(other));
    expect(new Set(ids.map(({ id, seq }) => `${id} ${seq}`)).size).toBe(3);
    await eventually(() => expect(told()).toHaveLength(5));
    expect(new Set(told()).size).toBe(5);
  });

  it('when the stream is lost while nobody evaluates: numbers go on beyond those that were', async () => {
    await beginWithTwo();
    await alerts.stop();
    await bus.jsm.streams.delete('ALERTS');
    await start();
    outside.cpu(95, t + 5000);
    outside.cpu(95, t + 5000, other);
    await eventually(() => expect(outside.heard).toHaveLength(5), { timeoutMs: 15_000 });
    const begun = outside.heard.filter(({ seq }) => seq === 1).map(({ id }) => id);
    expect(new Set(begun).size).toBe(4);
  });

  it('when the stream is purged while nobody evaluates: likewise', async () => {
    await beginWithTwo();
    // The next start counts the subjects.
    await alerts.stop();
    await start();
    await alerts.stop();
    await bus.jsm.streams.purge('ALERTS');
    await start();
    outside.cpu(95, t + 5000);
    await eventually(() => expect(outside.heard).toHaveLength(4));
    expect(outside.heard.filter(({ id }) => id === outside.heard[3]!.id)).toHaveLength(1);
  });

  it('when the consumer of the notifier is deleted: what was notified long ago is not notified again', async () => {
    await beginWithTwo();
    await eventually(() => expect(told()).toHaveLength(3));
    await alerts.stop();
    await bus.jsm.consumers.delete('ALERTS', 'alerts-notifier');
    // As if more than it keeps had been delivered since.
    await bus.jsm.streams.purge(`KV_${BUCKETS.deliveries.name}`);
    await start();
    outside.cpu(10, t + 5000);
    await eventually(() => expect(told()).toHaveLength(4));
    expect(told()[3]).toBe(`busy-alpha-${AN_ID}-1 resolved`);
    expect((await bus.jsm.consumers.info('ALERTS', 'alerts-notifier')).num_pending).toBe(0);
  });
});
