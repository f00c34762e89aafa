import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC, type Channel, type Delivery } from '@deckwatch/contracts';
import {
  containerIdOf,
  describeWith,
  eventually,
  startNats,
  startRedis,
  testBus,
  type NatsServer,
  type RedisServer,
} from '@deckwatch/testing';
import { MailServer } from './mail-server.ts';
import { OddReceiver } from './odd-receiver.ts';
import { Outside, startAlerts, type RunningAlerts } from './support.ts';

jest.setTimeout(60_000);

describeWith('nats', 'redis')('channels', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let bus: Bus;
  let outside: Outside;
  let alerts: RunningAlerts;
  let receiver: OddReceiver;

  beforeAll(async () => {
    [nats, redis] = await Promise.all([startNats(), startRedis()]);
    bus = await testBus(nats);
    outside = new Outside(bus);
    alerts = await startAlerts(nats, { redisUrl: redis.url });
    await eventually(() => alerts.supervisor.leading);
    for (let number = 1; number <= 30; number += 1) {
      const id = containerIdOf(number);
      await outside.container({ id, name: `web-${number}` });
    }
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 30);
  });
  afterAll(async () => {
    await alerts.stop();
    await bus.close();
    await Promise.all([nats.stop(), redis.stop()]);
  });
  beforeEach(async () => {
    receiver = await new OddReceiver().listen();
  });
  afterEach(() => receiver.close());

  const save = (channel: object, id?: string): Promise<Channel> =>
    bus.call('alerts', ALERTS_RPC, 'saveChannel', { channel: channel as never, id });
  const deliveries = async (channel: string): Promise<Delivery[]> =>
    (await bus.call('alerts', ALERTS_RPC, 'deliveries', { limit: 500, channel })).items;

  let rules = 0;
  /** Fires so many alerts whose notices go to that channel. */
  async function fire(channel: string, count: number): Promise<void> {
    const id = `busy_${(rules += 1)}`;
    const condition = { metric: 'cpu', op: '>', value: 80 } as const;
    const notify = { groupMs: 0, repeatMs: 0 };
    await outside.save({ id, name: 'Busy', target: 'container', condition, channels: [channel], notify });
    const t = Date.now() + rules * 60_000;
    for (let number = 1; number <= count; number += 1) outside.cpu(95, t, containerIdOf(number));
    await eventually(() => expect(outside.states(id)).toHaveLength(count));
  }

  it('of every kind send a test, and show the answer as it was', async () => {
    receiver.answer = OddReceiver.says(418, 'a teapot');
    const mail = await new MailServer({ disabledCommands: ['STARTTLS', 'AUTH'] }).listen();
    const shared = { allowPrivate: true };
    const drafts = [
      { ...shared, name: 'Hook', type: 'webhook', url: `${receiver.url}/hook` },
      { ...shared, name: 'Chat', type: 'slack', url: `${receiver.url}/services/1` },
      { ...shared, name: 'Phone', type: 'ntfy', url: `${receiver.url}/ops` },
      { ...shared, name: 'Watchdog', type: 'heartbeat', url: `${receiver.url}/ping` },
      { ...shared, name: 'Mail', type: 'email', host: '127.0.0.1', port: mail.port, security: 'none', from: 'a@example.org', to: ['b@example.org'] }, // prettier-ignore
    ];
    for (const draft of drafts) {
      const { id } = await save(draft);
      const answer = await bus.call('alerts', ALERTS_RPC, 'testChannel', { id });
      if (draft.type === 'email') expect(answer).toMatchObject({ ok: true, status: 250 });
      else expect(answer).toMatchObject({ ok: false, status: 418, answer: 'a teapot' });
    }
    expect(receiver.calls.map(({ path }) => path)).toEqual(['/hook', '/services/1', '/', '/ping']);
    expect(mail.mails[0]!.text).toContain('This is a test notice of Deckwatch');
    for (const { name } of drafts) await bus.call('alerts', ALERTS_RPC, 'deleteChannel', { id: name.toLowerCase() });
    await mail.close();
  });

  it('that were deleted are not waited for: what waits is given up, and is not tried again', async () => {
    receiver.answer = OddReceiver.says(500);
    await save({ name: 'Gone', type: 'webhook', url: receiver.url, allowPrivate: true });
    await fire('gone', 1);
    await eventually(async () => expect(await deliveries('gone')).toMatchObject([{ state: 'waiting', attempts: 1 }]));
    await bus.call('alerts', ALERTS_RPC, 'deleteChannel', { id: 'gone' });
    await eventually(async () => expect(await deliveries('gone')).toMatchObject([{ state: 'dead' }]));
    const [{ id } = { id: '' }] = await deliveries('gone');
    const retried = bus.call('alerts', ALERTS_RPC, 'retryDelivery', { id });
    await expect(retried).rejects.toMatchObject({ status: 409, message: 'the channel was deleted' });
  });

  it('that ask for a pause get nothing meanwhile, none of the notices', async () => {
    const times: number[] = [];
    receiver.answer = (request, response) => {
      times.push(Date.now());
      OddReceiver.says(
        times.length === 1 ? 429 : 204,
        '',
        times.length === 1 ? { 'retry-after': '2' } : {},
      )(request, response);
    };
    await save({ name: 'Tired', type: 'webhook', url: receiver.url, allowPrivate: true, concurrency: 1 });
    await fire('tired', 5);
    await eventually(() => expect(times).toHaveLength(6), { timeoutMs: 20_000 });
    expect(times[1]! - times[0]!).toBeGreaterThan(1900);
    await eventually(async () =>
      expect((await deliveries('tired')).map(({ state }) => state)).toEqual(Array(5).fill('delivered')),
    );
  });

  it('get no more at a time and in a minute than they take', async () => {
    const times: number[] = [];
    let now = 0;
    let most = 0;
    receiver.answer = (_, response) => {
      times.push(Date.now());
      most = Math.max(most, (now += 1));
      setTimeout(() => {
        now -= 1;
        response.writeHead(204).end();
      }, 100);
    };
    await save({
      name: 'Slow',
      type: 'webhook',
      url: receiver.url,
      allowPrivate: true,
      perMinute: 120,
      concurrency: 2,
    });
    await fire('slow', 6);
    await eventually(() => expect(times).toHaveLength(6), { timeoutMs: 20_000 });
    expect(times[5]! - times[0]!).toBeGreaterThan(1900);
    expect(most).toBeLessThanOrEqual(2);
  });

  it('of the kind heartbeat are called while all works', async () => {
    await save({ name: 'Watchdog', type: 'heartbeat', url: `${receiver.url}/ping`, allowPrivate: true });
    await alerts.stop();
    alerts = await startAlerts(nats, { redisUrl: redis.url });
    await eventually(() => expect(receiver.calls).toMatchObject([{ method: 'GET', path: '/ping' }]), {
      timeoutMs: 20_000,
    });
  });
});
