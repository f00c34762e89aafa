import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWith, eventually } from '@deckwatch/testing';
import { BareClient } from './bare-client.ts';
import { Installation } from './installation.ts';

type Answer = { items: Record<string, unknown>[] } & Record<string, unknown>;

// Ending the installation fails when NATS refused anything; a Redis that refuses shows in what does not come about.
describeWith('nats', 'redis')('services with users of their own at the brokers', () => {
  let all: Installation;
  let token: string;
  let receiver: Server;
  const notices: string[] = [];

  beforeAll(async () => {
    all = await Installation.start();
    token = await all.accessToken();
    receiver = createServer((request, response) => {
      request.on('data', (text: Buffer) => notices.push(text.toString()));
      request.on('end', () => response.end());
    }).listen(0, '127.0.0.1');
  }, 90_000);
  afterAll(async () => {
    receiver.close();
    await all.stop();
  }, 30_000);

  async function rest(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await fetch(`${all.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect([answer.ok, text]).toEqual([true, text]);
    return (text === '' ? {} : JSON.parse(text)) as Answer;
  }

  it('show the host live', async () => {
    const client = await BareClient.connect(all.port, token);
    client.send('subscribe', { id: 1, topics: ['hosts', 'stats', 'system'] });
    await eventually(() => expect(client.of('hosts').at(-1)?.data.data).toMatchObject({ items: [{ key: 'smoke', status: 'up' }] })); // prettier-ignore
    await eventually(() => expect(client.of('hosts').filter(({ event }) => event === 'update').length).toBeGreaterThan(2)); // prettier-ignore
    client.close();
  });

  it('keep sessions, and tell of them', async () => {
    const item = { app: 'shop', id: 's1', user: 'ada', op: 'start' };
    expect(await rest('POST', '/ingest/sessions', item)).toMatchObject({ accepted: 1 });
    await eventually(async () => expect(await rest('GET', '/sessions/count')).toMatchObject({ byApp: { shop: 1 } }));
    await eventually(async () => expect((await rest('GET', '/sessions/events?app=shop')).items).toHaveLength(1));
    expect((await rest('GET', '/sessions?app=shop')).items).toHaveLength(1);
    await rest('DELETE', '/sessions/shop/s1');
    await eventually(async () => expect((await rest('GET', '/sessions/events?app=shop')).items).toHaveLength(2));
  });

  it('alert, and notify by way of the queue', async () => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const channel = await rest('POST', '/channels', { name: 'hook', type: 'webhook', url, allowPrivate: true });
    const condition = { metric: 'cpuPercent', op: '>=', value: 0 };
    const rule = { name: 'always', target: 'host', condition, channels: [channel['id']], notify: { groupMs: 0 } };
    const { id } = await rest('POST', '/alert-rules', rule);
    await eventually(async () => expect((await rest('GET', '/alerts')).items).toContainEqual(expect.objectContaining({ state: 'firing' })), { timeoutMs: 20_000 }); // prettier-ignore
    await eventually(() => expect(notices.join()).toContain('firing'), { timeoutMs: 20_000 });
    await rest('DELETE', `/alert-rules/${String(id)}`);
    await rest('DELETE', `/channels/${String(channel['id'])}`);
  });

  it('keep accounts, flags and the audit log', async () => {
    await rest('POST', '/users', { username: 'grace', password: 'nineteen oh six', role: 'viewer' });
    await rest('PUT', '/flags/systemAlerts', { value: false });
    await eventually(async () => expect((await rest('GET', '/audit')).items.length).toBeGreaterThan(2));
    expect((await rest('GET', '/deliveries')).items.length).toBeGreaterThan(0);
  });

  it('come back when they and the brokers are started anew', async () => {
    await all.nats.restart();
    await all.kill('alerts');
    all.launch('alerts');
    await all.becomeReady();
    expect((await rest('GET', '/users')).items).toContainEqual(expect.objectContaining({ username: 'grace' }));
    // The gateway is ready before the others have come back, and the successor of the killed one has its lease.
    for (const path of ['/channels', '/sessions/events'])
      await eventually(() => rest('GET', path), { timeoutMs: 20_000 });
  });

  it('are as they were when all was lost but a backup and the key', async () => {
    const channel = { name: 'pager', type: 'webhook', url: 'https://pager.example/', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }; // prettier-ignore
    await rest('POST', '/channels', channel);
    const stored = async () => ({
      users: (await rest('GET', '/users')).items.map(({ username }) => username),
      rules: (await rest('GET', '/alert-rules')).items.map(({ id }) => id),
      channels: (await rest('GET', '/channels')).items.map(({ name }) => name),
      flags: await rest('GET', '/flags'),
      events: (await rest('GET', '/sessions/events?app=shop')).items,
      deliveries: (await rest('GET', '/deliveries')).items.map(({ id }) => id),
    });
    const before = await stored();
    await all.backUp('whole.backup');
    await all.loseAllAndRestore('whole.backup');
    token = await all.accessToken();
    // The gateway is ready before each of them answers.
    await eventually(async () => expect(await stored()).toEqual(before), { timeoutMs: 20_000 });
    expect(before.channels).toEqual(['pager']);
    expect(before.events.length).toBe(2);
  });
});
