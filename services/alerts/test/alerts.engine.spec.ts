import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC } from '@deckwatch/contracts';
import {
  describeWith,
  eventually,
  freePort,
  startTestcontainersEnv,
  testBus,
  type TestcontainersEnvironment,
} from '@deckwatch/testing';
import { Outside, startAlerts, type RunningAlerts } from './support.ts';
import { SECRET, WebhookReceiver } from './webhook-receiver.ts';

describeWith(
  'engine',
  'nats',
  'redis',
)('alerts with brokers in containers', () => {
  let environment: TestcontainersEnvironment<'nats' | 'redis'>;
  let brokers: Record<'nats' | 'redis', StartedTestContainer>;
  let bus: Bus;
  let alerts: RunningAlerts;
  let outside: Outside;
  const receiver = new WebhookReceiver();

  beforeAll(async () => {
    environment = await startTestcontainersEnv(['nats', 'redis']);
    // The ports stay the same when a container is started again.
    const [natsPort, redisPort] = [await freePort(), await freePort()];
    const start = (image: string, container: number, host: number, ready: RegExp) =>
      new GenericContainer(image)
        .withExposedPorts({ container, host })
        .withWaitStrategy(Wait.forLogMessage(ready))
        .start();
    brokers = {
      nats: await start(environment.images.nats, 4222, natsPort, /Server is ready/),
      redis: await start(environment.images.redis, 6379, redisPort, /Ready to accept connections/),
    };
    const nats = { url: `nats://127.0.0.1:${natsPort}` };
    bus = await testBus(nats);
    outside = new Outside(bus);
    alerts = await startAlerts(nats, { redisUrl: `redis://127.0.0.1:${redisPort}` });
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
    await environment?.stop();
  });

  it('carries an alert from its samples to the receiver, over the kill of either broker', async () => {
    const t = Date.now();
    outside.cpu(95, t);
    await eventually(() => expect(outside.states('busy')).toEqual(['pending']));
    await environment.engine.docker.getContainer(brokers.nats.getId()).kill();
    await environment.engine.docker.getContainer(brokers.nats.getId()).start();
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
    await environment.engine.docker.getContainer(brokers.redis.getId()).kill();
    outside.cpu(5, t + 3000);
    await eventually(() => expect(outside.states('busy')).toEqual(['pending', 'firing', 'resolved']));
    await environment.engine.docker.getContainer(brokers.redis.getId()).start();
    await eventually(() => expect(receiver.statesOf('busy-alpha-0123456789ab-1')).toEqual(['firing', 'resolved']), {
      timeoutMs: 30_000,
    });
    expect(receiver.forged).toBe(0);
  });
});
