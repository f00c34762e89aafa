import { once } from 'node:events';
import { connect } from 'node:net';
import { describeWith, eventually } from '@deckwatch/testing';
import { WebSocket } from 'ws';
import { Console } from './console.ts';
import { useGateway } from './fixture.ts';

const refusalOf = (port: number, options: object, path = '/ws'): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode!));
    socket.on('open', () => resolve(101));
    socket.on('error', reject);
  });

describeWith('nats')('the console protocol', () => {
  const fixture = useGateway({ limits: { helloMs: 300 } });

  it('welcomes who says hello', async () => {
    const client = await fixture.open();
    expect(client.of('welcome')[0]).toEqual({
      protocol: 1,
      connection: expect.any(String),
      user: { name: 'admin', role: 'admin' },
      flags: { containerStats: true, sessionEvents: true, systemAlerts: true, selectiveSubscriptions: true },
      heartbeatMs: 15_000,
      expiresAt: expect.any(Number),
      t: expect.any(Number),
      version: '0.0.0',
    });
  });

  it('ends with 4408 without a hello in time', async () => {
    const client = await fixture.open({ silent: true });
    expect(await client.ended()).toBe(4408);
  });

  it('answers a ping', async () => {
    const client = await fixture.open();
    client.send('ping', {});
    expect((await client.next('pong')).data['t']).toBeGreaterThan(1e12);
  });

  it('answers a protocol ping', async () => {
    const client = await fixture.open();
    client.socket.ping('are you there');
    const [data] = (await once(client.socket, 'pong')) as [Buffer];
    expect(String(data)).toBe('are you there');
  });

  it.each([
    ['not JSON', '{"event":'],
    ['an unknown event', '{"event":"dance","data":{}}'],
    ['deep nesting', '['.repeat(60_000)],
    ['nothing', ''],
    ['a second hello', '{"event":"hello","data":{"protocol":1}}'],
    ['a rate out of bounds', '{"event":"subscribe","data":{"id":1,"topics":["hosts"],"rateMs":99}}'],
  ])('tells an error for %s and ends with 4400 at the third', async (_, text) => {
    const client = await fixture.open();
    client.socket.send(text);
    client.socket.send(text);
    await eventually(() => expect(client.of('error')).toHaveLength(2));
    expect(client.of('error')[0]).toMatchObject({ code: 'bad_request', retry: false, message: expect.any(String) });
    client.socket.send(text);
    expect(await client.ended()).toBe(4400);
    expect(client.of('error')).toHaveLength(3);
  });

  it('takes binary frames for malformed ones', async () => {
    const client = await fixture.open();
    client.socket.send(Buffer.from('{"event":"ping","data":{}}'));
    expect((await client.next('error')).data['code']).toBe('bad_request');
  });

  it('takes a first frame other than hello for malformed', async () => {
    const client = await fixture.open({ silent: true });
    client.send('subscribe', { id: 1, topics: ['hosts'] });
    expect((await client.next('error')).data['message']).toContain('hello');
    expect(client.of('subscribed')).toEqual([]);
  });

  it('takes a frame of 64 KiB and ends with 1009 at one byte more', async () => {
    const client = await fixture.open();
    const frame = (bytes: number) => `{"event":"ping","data":{"pad":"${'x'.repeat(bytes - 34)}"}}`;
    expect(Buffer.byteLength(frame(65_536))).toBe(65_536);
    client.socket.send(frame(65_536));
    await client.next('pong');
    client.socket.send(frame(65_537));
    expect(await client.ended()).toBe(1009);
  });

  it('ends a flood with 4429', async () => {
    const client = await fixture.open();
    for (let n = 0; n < 200; n += 1) client.send('ping', {});
    expect(await client.ended()).toBe(4429);
    expect(client.of('pong').length).toBeLessThanOrEqual(101);
  });

  it('ends a flood of protocol pings with 4429', async () => {
    const client = await fixture.open();
    for (let n = 0; n < 200; n += 1) client.socket.ping();
    expect(await client.ended()).toBe(4429);
  });

  it('rejects topics that are none, and takes the others', async () => {
    const client = await fixture.open();
    const answer = await client.subscribe(['hosts', 'weather', 'stats.UPPER', 'stats.a.b.c', '__proto__']);
    expect(answer['topics'].map(({ topic }: { topic: string }) => topic)).toEqual(['hosts']);
    expect(answer['rejected'].map(({ code }: { code: string }) => code)).toEqual(Array(4).fill('unknown_topic'));
  });

  it('takes a thousand topics and a thousand keys, and no more', async () => {
    const client = await fixture.open();
    const topics = Array.from({ length: 1001 }, (_, n) => `stats.host-${n}`);
    const { rejected } = await client.subscribe(topics);
    expect(rejected).toEqual([expect.objectContaining({ topic: 'stats.host-1000', code: 'limit' })]);
    client.send('unsubscribe', { id: 2, topics });
    await client.next('unsubscribed');
    const keys = Array.from({ length: 1000 }, (_, n) => `alpha.${n.toString(16).padStart(12, '0')}`);
    expect((await client.subscribe('stats.visible', { keys }))['rejected']).toEqual([]);
    expect(
      (await client.subscribe('stats.visible', { keys: [...keys, 'alpha.ffffffffffff'] }))['rejected'][0].code,
    ).toBe('limit');
  });

  it('sends nothing more after unsubscribe', async () => {
    const client = await fixture.open();
    await client.subscribe('system');
    client.send('unsubscribe', { id: 9, topics: ['system', 'hosts'] });
    expect((await client.next('unsubscribed')).data).toEqual({ id: 9, topics: ['system', 'hosts'] });
  });

  it('gives several answers of one moment as an array only to who asked for it', async () => {
    const topics = ['hosts', 'containers', 'system'];
    const [single, batching] = [await fixture.open(), await fixture.open({ batch: true })];
    await Promise.all([single.subscribe(topics), batching.subscribe(topics)]);
    await eventually(() => expect(batching.of('snapshot')).toHaveLength(3));
    expect(single.texts.some((text) => text.startsWith('['))).toBe(false);
    expect(batching.texts.some((text) => text.startsWith('[{"event":"subscribed"'))).toBe(true);
  });

  it('speaks without compression', async () => {
    const client = await fixture.open({ perMessageDeflate: true });
    expect(client.socket.extensions).toBe('');
  });
});

describeWith('nats')('the door', () => {
  const fixture = useGateway({ env: { DECKWATCH_PUBLIC_ORIGINS: 'https://deck.example' } });
  const at = () => fixture.gateway.port;

  it.each([
    ['no Origin', {}, 101],
    ['its own Origin', { origin: 'own' }, 101],
    ['a listed Origin', { origin: 'https://deck.example' }, 101],
    ['another Origin', { origin: 'https://evil.example' }, 403],
    ['another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['an opaque Origin', { origin: 'null' }, 403],
    ['another Host', { headers: { host: 'evil.example' } }, 421],
    ['a Host that begins like ours', { headers: { host: '127.0.0.1.evil.example' } }, 421],
  ] as [string, { origin?: string; headers?: object }, number][])(
    'answers an upgrade with %s',
    async (_, options, status) => {
      const origin = options.origin === 'own' ? `http://127.0.0.1:${at()}` : options.origin;
      expect(await refusalOf(at(), { ...options, origin })).toBe(status);
    },
  );

  it('has a WebSocket at one path', async () => {
    expect(await refusalOf(at(), {}, '/other')).toBe(404);
  });

  it('survives what is no WebSocket at all', async () => {
    const socket = connect(at(), '127.0.0.1');
    socket.write(
      'GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: short\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1\.1 4/);
    socket.destroy();
    const client = await Console.open(at());
    await client.close();
  });
});
