import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { SessionEvent } from '@deckwatch/contracts';
import { describeWith, eventually, startNats, startRedis, type NatsServer, type RedisServer } from '@deckwatch/testing';
import { Redis } from 'ioredis';
import { countOf, followEvents, runKeeper, type RunningKeeper } from './running-keeper.ts';

const WAIT = { timeoutMs: 15_000, everyMs: 20 };

/** An application's own endpoint: a list in pages of two, with an ETag for the first page. */
class Endpoint {
  people: { sid: string; user?: { name: string } }[] = [];
  answer: 'list' | 'fault' | 'nonsense' = 'list';
  readonly asked: string[] = [];
  private server?: Server;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      const [status, body] = this.reply(request);
      const etag = `"${this.people.map(({ sid }) => sid).join()}"`;
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(status, { 'content-type': 'application/json', etag }).end(body);
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
    await once(this.server!, 'close');
  }

  private reply({ method, url = '/', headers }: IncomingMessage): [number, string] {
    this.asked.push(`${method} ${url} ${headers['if-none-match'] ? 'if changed' : ''}`.trim());
    const address = new URL(url, 'http://x');
    if (method === 'DELETE') {
      const sid = decodeURIComponent(address.pathname.slice('/sessions/'.length));
      this.people = this.people.filter((person) => person.sid !== sid);
      return [204, ''];
    }
    if (this.answer === 'fault') return [500, 'no'];
    if (this.answer === 'nonsense') return [200, '<html>'];
    if (address.pathname === '/count') return [200, JSON.stringify({ online: this.people.length })];
    if (address.pathname === '/whole') return [200, JSON.stringify(this.people)];
    const from = Number(address.searchParams.get('from') ?? 0);
    const next = from + 2 < this.people.length ? from + 2 : null;
    return [200, JSON.stringify({ data: this.people.slice(from, from + 2), next })];
  }
}

describeWith('nats', 'redis')('sessions on an endpoint that is polled', () => {
  let nats: NatsServer;
  let own: RedisServer;
  let endpoint: Endpoint;
  let url: string;
  let keeper: RunningKeeper;
  let log: ReturnType<typeof followEvents>;
  let app: string;
  let count = 0;
  const events = (): SessionEvent[] => log.events.filter((event) => event.app === app);
  const active = async (): Promise<number> => (await countOf(keeper.outside)).byApp[app] ?? 0;

  beforeAll(async () => {
    [nats, own] = await Promise.all([startNats(), startRedis()]);
  });
  afterAll(() => Promise.all([nats.stop(), own.stop()]));
  beforeEach(async () => {
    count += 1;
    app = `http-${count}`;
    endpoint = new Endpoint();
    url = await endpoint.start();
  });
  afterEach(async () => {
    log.stop();
    await keeper.stop();
    await endpoint.stop();
  });
  async function follow(source: object): Promise<void> {
    const sources = [{ app, kind: 'http', everySeconds: 1, ...source }];
    keeper = await runKeeper(nats, own, `http-${count}`, { sources });
    log = followEvents(keeper.outside);
  }

  it('begin when they are in the list, on whatever page, and end when they are not', async () => {
    endpoint.people = ['a', 'b', 'c', 'd', 'e'].map((sid) => ({ sid, user: { name: `user ${sid}` } }));
    await follow({
      url: `${url}/list`,
      items: 'data',
      id: 'sid',
      user: 'user.name',
      next: 'next',
      cursorParam: 'from',
    });
    await eventually(() => expect(events()).toHaveLength(5), WAIT);
    expect(await active()).toBe(5);
    expect(events().map(({ user }) => user).sort()).toEqual(['user a', 'user b', 'user c', 'user d', 'user e']); // prettier-ignore
    endpoint.people = endpoint.people.slice(1).concat({ sid: 'f' });
    await eventually(() => expect(events()).toHaveLength(7), WAIT);
    expect(events().slice(5).map(({ event, reason }) => `${event} ${reason}`).sort()).toEqual(['created login', 'destroyed unknown']); // prettier-ignore
  });

  it('stay as they are while it answers nothing that can be believed, and says why', async () => {
    endpoint.people = [{ sid: 'a' }];
    await follow({ url: `${url}/whole`, id: 'sid' });
    await eventually(async () => expect(await active()).toBe(1), WAIT);
    endpoint.people = [];
    endpoint.answer = 'nonsense';
    await eventually(() => expect(keeper.keeper.sourceStates()[0]).toMatchObject({ state: 'away', fault: 'not JSON' }), WAIT); // prettier-ignore
    await eventually(async () => expect((await countOf(keeper.outside)).unsure).toEqual([app]), WAIT);
    expect(await active()).toBe(1);
    endpoint.answer = 'list';
    await eventually(async () => expect(await active()).toBe(0), WAIT);
  });

  it('are not sent again when nothing has changed', async () => {
    endpoint.people = [{ sid: 'a' }];
    await follow({ url: `${url}/whole`, id: 'sid' });
    await eventually(() => expect(endpoint.asked).toContain('GET /whole if changed'), WAIT);
    expect(await active()).toBe(1);
  });

  it('are not written again while they stay as they are, unless the registry has lost them', async () => {
    endpoint.people = [{ sid: 'a' }];
    await follow({ url: `${url}/whole`, id: 'sid' });
    await eventually(() => expect(events()).toHaveLength(1), WAIT);
    const { id } = events()[0]!;
    const seen = async () => (await keeper.keeper.registry.get(app, id))?.lastSeenAt;
    const before = await seen();
    endpoint.people = [{ sid: 'a' }, { sid: 'b' }];
    await eventually(async () => expect(await active()).toBe(2), WAIT);
    expect(await seen()).toBe(before);
    const registry = new Redis(own.url);
    await registry.flushall();
    registry.disconnect();
    endpoint.people = [{ sid: 'a' }, { sid: 'b' }, { sid: 'c' }];
    await eventually(async () => expect(await active()).toBe(3), WAIT);
  });

  it('can be counted alone', async () => {
    endpoint.people = [{ sid: 'a' }, { sid: 'b' }];
    await follow({ url: `${url}/count`, count: 'online' });
    await eventually(async () => expect(await active()).toBe(2), WAIT);
    expect(events()).toEqual([]);
    await eventually(
      async () => expect(await countOf(keeper.outside)).toMatchObject({ countedOnly: [app], unsure: [] }),
      WAIT,
    );
  });
});
