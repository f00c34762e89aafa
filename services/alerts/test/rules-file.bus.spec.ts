import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC } from '@deckwatch/contracts';
import {
  describeWith,
  eventually,
  startNats,
  startRedis,
  testBus,
  type NatsServer,
  type RedisServer,
} from '@deckwatch/testing';
import { Outside, startAlerts, type RunningAlerts } from './support.ts';
import { SECRET, WebhookReceiver } from './webhook-receiver.ts';

jest.setTimeout(60_000);
const SOON = { timeoutMs: 15_000 };

describeWith('nats', 'redis')('the rules file', () => {
  const receiver = new WebhookReceiver();
  let [nats, redis]: [NatsServer?, RedisServer?] = [];
  let bus: Bus;
  let outside: Outside;
  let alerts: RunningAlerts;
  let folder: string;
  let text: string;
  const write = (content: string) => writeFile(join(folder, 'rules.yaml'), content);
  const status = () => bus.call('alerts', ALERTS_RPC, 'provisioning', {});

  beforeAll(async () => {
    [nats, redis] = await Promise.all([startNats(), startRedis()]);
    folder = await mkdtemp(join(tmpdir(), 'dw-rules-'));
    const url = await receiver.listen();
    await writeFile(join(folder, 'secret'), `${SECRET}\n`);
    text = `
channels:
  - { id: pager, name: Pager, type: webhook, url: "${url}", allowPrivate: true, secretFile: "${join(folder, 'secret')}" }
rules:
  - { id: busy, name: Busy, target: container, condition: { metric: cpu, op: ">", value: 80 }, channels: [pager] }
`;
    await write(text);
    bus = await testBus(nats);
    outside = new Outside(bus);
    alerts = await startAlerts(nats, { redisUrl: redis.url, rulesFile: join(folder, 'rules.yaml') });
    await eventually(() => alerts.supervisor.leading, SOON);
    await outside.container();
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 1);
  });

  afterAll(async () => {
    await alerts?.stop();
    await bus?.close();
    receiver.close();
    await nats?.stop();
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('brings a rule and its channel, whose secret signs what it sends', async () => {
    outside.cpu(95);
    await eventually(() => expect(receiver.statesOf('busy-alpha-0123456789ab-1')).toEqual(['firing']), SOON);
    expect(receiver.forged).toBe(0);
    const { items } = await bus.call('alerts', ALERTS_RPC, 'channels', {});
    expect(items).toMatchObject([{ id: 'pager', provisioned: true, hasSecret: true }]);
    expect(JSON.stringify(items)).not.toContain(SECRET.slice(6));
  });

  it('that is wrong leaves rule and channel as they were, and says why, until it is right again', async () => {
    await write(text.replace('secret"', 'none"'));
    await eventually(
      async () => expect((await status()).fault).toMatch(/channels\.0\.secretFile: cannot be read/),
      SOON,
    );
    outside.cpu(5);
    await eventually(
      () => expect(receiver.statesOf('busy-alpha-0123456789ab-1')).toEqual(['firing', 'resolved']),
      SOON,
    );
    await write(text);
    await eventually(async () => expect(await status()).toMatchObject({ fault: null, rules: 1, channels: 1 }), SOON);
  });
});
