import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { Redis } from 'ioredis';
import {
  brokerSettings,
  buildService,
  describeWith,
  eventually,
  freePort,
  ServiceProcess,
  startRedis,
  type RedisServer,
} from '@deckwatch/testing';
import { WebSocket } from 'ws';
import { INSTALLATION_KEY } from './running-keeper.ts';
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

  describe('and a console at the gateway', () => {
    const login = { username: 'admin', password: 'a password for this test' };
    let built: Awaited<ReturnType<typeof buildService>>;
    let gateway: ServiceProcess;
    let door: string;
    let token: string;

    beforeAll(async () => {
      const [service, port] = await Promise.all([buildService('gateway'), freePort()]);
      built = service;
      door = `127.0.0.1:${port}`;
      gateway = new ServiceProcess(built.file, {
        ...brokerSettings('gateway', stage),
        DECKWATCH_PORT: String(port),
        DECKWATCH_SECRET_KEY: INSTALLATION_KEY.toString('base64'),
        DECKWATCH_ADMIN_PASSWORD: login.password,
      });
      gateway.start();
      const signIn = () =>
        fetch(`http://${door}/api/v1/auth/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(login),
        });
      const answer = await eventually(async () => {
        const signedIn = await signIn();
        expect(signedIn.status).toBe(200);
        return signedIn;
      }, WAIT);
      token = ((await answer.json()) as { accessToken: string }).accessToken;
    }, 40_000);
    afterAll(async () => {
      await gateway?.end('SIGKILL');
      await built?.remove();
    });

    it('who is ended there is logged out of the application', async () => {
      const ada = new Visitor(url);
      await ada.login('ada');
      await eventually(() => expect(briefOf(ada)).toEqual(['created login']), WAIT);
      expect(await ada.ask('/me')).toBe(200);
      const headers = { authorization: `Bearer ${token}` };
      const end = () =>
        fetch(`http://${door}/api/v1/sessions/${APP}/${publicId(ada.sid)}`, { method: 'DELETE', headers });
      const answer = await end();
      expect([answer.status, await answer.json()]).toMatchObject([200, { revoked: true, atSource: true }]);
      expect(await ada.ask('/me')).toBe(401);
      await eventually(() => expect(briefOf(ada)).toEqual(['created login', 'destroyed revoked']), WAIT);
      expect((await end()).status).toBe(404);
    });

    it('is a session itself, and no ghost for longer than a minute after its gateway has died', async () => {
      const socket = new WebSocket(`ws://${door}/ws`);
      await once(socket, 'open');
      socket.send(JSON.stringify({ event: 'hello', data: { protocol: 1, token } }));
      await eventually(async () => expect(await stage.active('deckwatch')).toBe(1), WAIT);
      const ended = once(socket, 'close');
      await gateway.end('SIGKILL');
      await ended;
      // Nobody is left to say otherwise, so it will be over then.
      const [session] = await stage.sessions('deckwatch');
      expect(session).toMatchObject({ user: 'admin', expiresAt: expect.any(Number) });
      expect(session!.expiresAt! - Date.now()).toBeLessThan(60_000);
      expect(stage.brief('deckwatch')).toEqual(['created login']);
    });
  });
});
