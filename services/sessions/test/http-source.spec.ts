import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SESSIONS_RPC, type SessionEvent } from '@deckwatch/contracts';
import { describeWith, eventually, startNats, startRedis, type NatsServer, type RedisServer } from '@deckwatch/testing';
import { Redis } from 'ioredis';
import { countOf, followEvents, runKeeper, type RunningKeeper } from './running-keeper.ts';
import { publicId } from './source-stage.ts';

const WAIT = { timeoutMs: 15_000, everyMs: 20 };

/** An application's own endpoint: a list in pages of two, with an ETag for the first page. */
class Endpoint {
  people: { sid: string; user?: { name: string }; began?: number; seen?: number; over?: number }[] = [];
  answer: 'list' | 'fault' | 'nonsense' = 'list';
  /** What DELETE is answered with; 204: the session is over. */
  ends: 204 | 404 | 500 = 204;
  /** Called when a list has been turned, before it is sent. */
  beforeSending?: () => Promise<unknown>;
  readonly asked: string[] = [];
  private server?: Server;

  async start(): Promise<string> {
    this.server = createServer((request, response) => void this.serve(request, response)).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
    await once(this.server!, 'close');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [status, body] = this.reply(request);
    const etag = `"${this.people.map(({ sid, seen }) => sid + seen).join()}"`;
    if (request.method === 'GET') await this.beforeSending?.();
    if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(status, { 'content-type': 'application/json', etag }).end(body || undefined);
  }

  private reply({ method, url = '/', headers }: IncomingMessage): [number, string] {
    this.asked.push(`${method} ${url} ${headers['if-none-match'] ? 'if changed' : ''}`.trim());
    const address = new URL(url, 'http://x');
    if (method === 'DELETE') {
      if (this.ends === 500) return [500, 'no'];
      const sid = decodeURIComponent(address.pathname.slice('/sessions/'.length));
      this.people = this.people.filter((person) => person.sid !== sid);
      return [this.ends, ''];
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
    await eventually(() => expect(endpoint.asked.filter((line) => line === 'GET /whole if changed').length).toBeGreaterThan(1), WAIT); // prettier-ignore
    expect(keeper.keeper.sourceStates()[0]).toMatchObject({ state: 'following', fault: null });
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

  describe('that are ended by the console', () => {
    const listed = ['secret/1', 'b'].map((sid) => ({ sid }));
    const of = (sid: string) => events().filter(({ id }) => id === publicId(sid)).map(({ event, reason }) => `${event} ${reason}`); // prettier-ignore
    const end = async (sid: string) =>
      (await keeper.outside.call('sessions', SESSIONS_RPC, 'revoke', { items: [{ app, id: publicId(sid) }] })).items[0];
    const asked = (method: string) => endpoint.asked.filter((line) => line.startsWith(method));
    /** Resolves once the source has taken an answer to a request that is yet to come. */
    async function anotherAnswer(): Promise<void> {
      const { length } = asked('GET');
      await eventually(() => expect(asked('GET').length).toBeGreaterThan(length + 1), WAIT);
    }
    beforeEach(async () => {
      endpoint.people = listed;
      await follow({ url: `${url}/whole`, id: 'sid', revoke: `${url}/sessions/{id}` });
      await eventually(() => expect(events()).toHaveLength(2), WAIT);
      await eventually(() => expect(keeper.keeper.sourceStates()[0]!.sessions).toBe(2), WAIT);
    });

    it('are over at the endpoint, by their own id, and told once', async () => {
      expect(await end('secret/1')).toEqual({
        app,
        id: publicId('secret/1'),
        revoked: true,
        atSource: true,
        why: null,
      });
      expect(asked('DELETE')).toEqual(['DELETE /sessions/secret%2F1']);
      expect(endpoint.people).toEqual([{ sid: 'b' }]);
      await anotherAnswer();
      await eventually(() => expect(of('secret/1')).toEqual(['created unknown', 'destroyed revoked']), WAIT);
      expect(of('b')).toEqual(['created unknown']);
      expect(await active()).toBe(1);
    });

    it('are over as well when the endpoint does not know them any more', async () => {
      endpoint.ends = 404;
      expect(await end('b')).toMatchObject({ revoked: true, atSource: true });
      await anotherAnswer();
      await eventually(() => expect(of('b')).toEqual(['created unknown', 'destroyed revoked']), WAIT);
      expect(await active()).toBe(1);
    });

    it('stay when the endpoint refuses, and why is said', async () => {
      endpoint.ends = 500;
      expect(await end('b')).toMatchObject({ revoked: false, atSource: false, why: 'the source answered 500' });
      await anotherAnswer();
      expect(of('b')).toEqual(['created unknown']);
      expect(await active()).toBe(2);
    });

    it('do not come back by a list that was turned before', async () => {
      const ended = new Promise<unknown>((resolve) => {
        endpoint.beforeSending = async () => {
          endpoint.beforeSending = undefined;
          resolve(await end('b'));
        };
        endpoint.people = [...listed, { sid: 'c' }];
      });
      expect(await ended).toMatchObject({ revoked: true });
      await anotherAnswer();
      await eventually(() => expect(of('c')).toEqual(['created login']), WAIT);
      expect(of('b')).toEqual(['created unknown', 'destroyed revoked']);
      expect(await active()).toBe(2);
    });
  });

  it('tell when they began, when they were seen last and when they will be over, where the endpoint says so', async () => {
    const [began, seen, over] = [Date.now() - 7_200_000, Date.now() - 60_000, Date.now() + 600_000];
    endpoint.people = [{ sid: 'a', began, seen, over }];
    await follow({ url: `${url}/whole`, id: 'sid', createdAt: 'began', lastSeenAt: 'seen', expiresAt: 'over' });
    const shown = async () => keeper.keeper.registry.get(app, publicId('a'));
    await eventually(async () => expect(await shown()).toMatchObject({ createdAt: began, lastSeenAt: seen }), WAIT);
    // The time that is left is told, so the end may be off by the way there.
    expect(Math.abs((await shown())!.expiresAt! - over)).toBeLessThan(1000);
    endpoint.people = [{ sid: 'a', began, seen: seen + 30_000, over }];
    await eventually(async () => expect(await shown()).toMatchObject({ createdAt: began, lastSeenAt: seen + 30_000 }), WAIT); // prettier-ignore
    expect(events()).toHaveLength(1);
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
