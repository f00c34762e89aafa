import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC } from '@deckwatch/contracts';
import { brokerUser, ContainerBrokers, describeWith, eventually, testBus, type Broker } from '@deckwatch/testing';
import { Outside, startAlerts, type RunningAlerts } from './support.ts';
import { SECRET, WebhookReceiver } from './webhook-receiver.ts';

describeWith(
  'engine',
  'nats',
  'redis',
)('alerts with brokers in containers', () => {
  let brokers: ContainerBrokers;
  let nats: Broker;
  let redis: Broker;
  let bus: Bus;
  let alerts: RunningAlerts;
  let outside: Outside;
  const receiver = new WebhookReceiver();

  beforeAll(async () => {
    brokers = await ContainerBrokers.open();
    [nats, redis] = [await brokers.startNats(), await brokers.startRedis()];
    bus = await testBus(nats);
    outside = new Outside(bus);
    alerts = await startAlerts(nats, { redisUrl: brokerUser(redis, 'alerts').url });
    await eventually(() => alerts.supervisor.leading);
    const url = await receiver.listen();
    const channel = { name: 'pager', type: 'webhook', url, secret: SECRET, allowPrivate: true } as const;
    await bus.call('alerts', ALERTS_RPC, 'saveChannel', { channel });
    const condition = { metric: 'cpu', op: '>', value: 80 } as const;
    await outside.save({ id: 'busy', name: 'Busy', target: 'container', condition, forMs: 2000, channels: ['pager'] });
    await outside.container();
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 1);
  });

  afterAll(async () => {
    await alerts?.stop();
    await bus?.close();
    receiver.close();
    await brokers?.close();
  });

  it('carries an alert from its samples to the receiver, over the kill of either broker', async () => {
    const t = Date.now();
    outside.cpu(95, t);
    await eventually(() => expect(outside.states('busy')).toEqual(['pending']));
    await nats.kill();
    await nats.restart();
    await eventually(() => bus.connected && alerts.bus.connected, { timeoutMs: 20_000 });
    await eventually(
      () => {
        outside.cpu(95, t + 2000);
        expect(outside.states('busy')).toEqual(['pending', 'firing']);
      },
      { timeoutMs: 20_000 },
    );
    await eventually(() => expect(receiver.statesOf('busy-alpha-0123456789ab-1')).toEqual(['firing']), {
      timeoutMs: 20_000,
    });
    await redis.kill();
    outside.cpu(5, t + 3000);
    await eventually(() => expect(outside.states('busy')).toEqual(['pending', 'firing', 'resolved']));
    await redis.restart();
    await eventually(() => expect(receiver.statesOf('busy-alpha-0123456789ab-1')).toEqual(['firing', 'resolved']), {
      timeoutMs: 30_000,
    });
    expect(receiver.forged).toBe(0);
  });
});
