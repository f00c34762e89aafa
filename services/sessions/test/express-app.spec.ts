import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { Redis } from 'ioredis';
import { describeWith, eventually, startRedis, type RedisServer } from '@deckwatch/testing';
import { publicId, SourceStage, WAIT } from './source-stage.ts';

const APP = 'shop';

/** A shop that signs people in with express-session, and keeps their sessions by connect-redis. */
function shopOn(redis: Redis): express.Express {
  const shop = express();
  const store = new RedisStore({ client: redis, ttl: 600 });
  shop.use(session({ store, secret: 'a secret of the shop', resave: false, saveUninitialized: false }));
  shop.post('/login', (request, response) => {
    Object.assign(request.session, { user: { name: String(request.query['name']) }, plan: 'pro' });
    response.json({ sid: request.sessionID });
  });
  shop.get('/me', (request, response) => {
    const { user } = request.session as { user?: { name: string } };
    if (user) response.json(user);
    else response.sendStatus(401);
  });
  shop.post('/logout', (request, response) => request.session.destroy(() => void response.sendStatus(204)));
  return shop;
}

/** A browser's view of the shop: it keeps its cookie. */
class Visitor {
  private cookie = '';
  sid = '';

  constructor(private readonly url: string) {}

  async login(name: string): Promise<void> {
    const answer = await fetch(`${this.url}/login?name=${name}`, { method: 'POST' });
    this.cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!;
    this.sid = ((await answer.json()) as { sid: string }).sid;
  }

  async ask(path: string, method = 'GET'): Promise<number> {
    return (await fetch(`${this.url}${path}`, { method, headers: { cookie: this.cookie } })).status;
  }
}

describeWith('redis', 'nats')('the sessions of a real express application', () => {
  let stage: SourceStage;
  let users: RedisServer;
  let redis: Redis;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    [stage, users] = await Promise.all([SourceStage.open(), startRedis()]);
    redis = new Redis(users.url);
    server = shopOn(redis).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const source = { app: APP, kind: 'redis', url: users.url, shape: 'connect-redis', attrs: { plan: 'plan' } };
    await stage.follow([{ ...source, revoke: true }]);
  }, 40_000);
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    redis.disconnect();
    await stage.close();
    await users.stop();
  });
  const briefOf = (visitor: Visitor): string[] =>
    stage.events(APP).filter(({ id }) => id === publicId(visitor.sid)).map(({ event, reason }) => `${event} ${reason}`); // prettier-ignore

  it('show who logs in, stay while she looks around, and end when she logs out', async () => {
    const ada = new Visitor(url);
    await ada.login('ada');
    await eventually(() => expect(briefOf(ada)).toEqual(['created login']), WAIT);
    expect((await stage.sessions(APP))[0]).toMatchObject({
      id: publicId(ada.sid),
      user: 'ada',
      attrs: { plan: 'pro' },
    });
    expect(await ada.ask('/me')).toBe(200);
    expect(await ada.ask('/logout', 'POST')).toBe(204);
    await eventually(() => expect(briefOf(ada)).toEqual(['created login', 'destroyed logout']), WAIT);
    expect(await stage.active(APP)).toBe(0);
  });

  it('that are revoked are logged out, and nobody else is', async () => {
    const [bob, eve] = [new Visitor(url), new Visitor(url)];
    await bob.login('bob');
    await eve.login('eve');
    await eventually(async () => expect(await stage.active(APP)).toBe(2), WAIT);
    expect((await stage.revoke(APP, publicId(bob.sid))).items).toMatchObject([{ revoked: true, atSource: true }]);
    expect(await bob.ask('/me')).toBe(401);
    expect(await eve.ask('/me')).toBe(200);
    await eventually(() => expect(briefOf(bob)).toEqual(['created login', 'destroyed revoked']), WAIT);
    expect((await stage.sessions(APP)).map(({ user }) => user)).toEqual(['eve']);
  });
});
