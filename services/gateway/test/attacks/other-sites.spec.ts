import { describeWith } from '@deckwatch/testing';
import { cookiesOf, refreshCookieOf } from '../cookies.ts';
import { useGateway } from '../fixture.ts';
import { callApi, type Reply } from '../rest-client.ts';
import { ADMIN_PASSWORD } from '../tokens.ts';

const EVIL = 'https://evil.example';

/** What the page of another site can do in the browser of somebody who is signed in. */
describeWith('nats')('another site', () => {
  const fixture = useGateway({ env: { DECKWATCH_PUBLIC_ORIGINS: 'https://deck.example' } });
  const port = () => fixture.gateway.port;
  const own = () => `http://127.0.0.1:${port()}`;
  const asBrowser = (method: string, path: string, headers: Record<string, string | undefined>, body?: unknown) =>
    callApi(port(), method, path, { headers: { authorization: undefined, ...headers }, body });
  const login = (headers: Record<string, string> = {}): Promise<Reply> =>
    asBrowser('POST', '/api/v1/auth/login', headers, { username: 'admin', password: ADMIN_PASSWORD });

  describe('opens a WebSocket with the cookies of its visitor', () => {
    const open = async (headers: Record<string, string>) => {
      const cookie = cookiesOf(await login());
      const client = await fixture.open({ silent: true, headers: { cookie, ...headers } });
      client.send('hello', { protocol: 1 });
      client.send('subscribe', { id: 1, topics: ['hosts'] });
      return client;
    };

    it.each([EVIL, 'null', 'http://127.0.0.1', 'http://localhost:1', 'https://deck.example.evil.example', 'file://'])(
      'from %s: there is no connection',
      async (origin) => {
        await expect(open({ origin })).rejects.toThrow('403');
      },
    );

    it('without an Origin: the cookie is worth nothing', async () => {
      const client = await open({});
      expect([await client.ended(), client.frames]).toEqual([4401, []]);
    });

    it('as our own page does: that is let in', async () => {
      expect((await (await open({ origin: own() })).next('welcome')).data['user'].name).toBe('admin');
    });
  });

  describe('points its own name at this machine (DNS rebinding)', () => {
    const rebound = { host: 'evil.example:8080', origin: 'http://evil.example:8080' };

    it.each([
      ['GET', '/'],
      ['GET', '/api/v1/hosts'],
      ['GET', '/api/docs'],
      ['GET', '/metrics'],
      ['POST', '/api/v1/auth/login'],
      ['POST', '/api/v1/auth/refresh'],
      ['PUT', '/api/v1/flags/containerStats'],
      ['OPTIONS', '/api/v1/hosts'],
    ])('%s %s is not served', async (method, path) => {
      const cookie = cookiesOf(await login());
      const answer = await asBrowser(method, path, { ...rebound, cookie });
      expect([answer.status, answer.headers['set-cookie']]).toEqual([421, undefined]);
    });

    it('and its WebSocket is refused', async () => {
      await expect(fixture.open({ silent: true, headers: rebound })).rejects.toThrow('421');
    });
  });

  describe('makes its visitor’s browser send a request (CSRF)', () => {
    const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
    const SIMPLE = { 'content-type': 'text/plain' };
    const writes = [
      ['PUT', '/api/v1/flags/containerStats', { value: false }],
      ['POST', '/api/v1/users', { username: 'eve', password: 'a phrase of evil', role: 'admin' }],
      ['DELETE', '/api/v1/hosts/alpha', undefined],
      ['PUT', '/api/v1/auth/password', { current: ADMIN_PASSWORD, next: 'a phrase of evil' }],
    ] as const;

    it.each(writes)('%s %s: with cookies from elsewhere, 403', async (method, path, body) => {
      const cookie = cookiesOf(await login());
      expect((await asBrowser(method, path, { cookie, origin: EVIL }, body)).status).toBe(403);
    });

    it.each(writes)('%s %s: with cookies and no Origin, 401', async (method, path, body) => {
      const cookie = cookiesOf(await login());
      expect((await asBrowser(method, path, { cookie }, body)).status).toBe(401);
    });

    it.each([
      ['refresh', FORM],
      ['logout', SIMPLE],
    ])('%s: neither a new cookie nor the end of the login', async (name, type) => {
      const cookie = cookiesOf(await login());
      const answer = await asBrowser('POST', `/api/v1/auth/${name}`, { cookie, origin: EVIL, ...type });
      expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
      expect((await asBrowser('GET', '/api/v1/auth/me', { cookie })).status).toBe(200);
    });

    it.each([
      ['a form', FORM, `username=admin&password=${ADMIN_PASSWORD}`],
      ['text', SIMPLE, JSON.stringify({ username: 'admin', password: ADMIN_PASSWORD })],
    ])('signs its visitor in as somebody else by %s: no', async (_, type, body) => {
      const answer = await asBrowser('POST', '/api/v1/auth/login', type, body);
      expect([answer.status, answer.headers['set-cookie']]).toEqual([400, undefined]);
    });

    it('asks before whether it may, and reads what it gets: nothing says that it may', async () => {
      for (const method of ['OPTIONS', 'GET']) {
        const { headers } = await asBrowser(method, '/api/v1/hosts', { origin: EVIL, 'access-control-request-method': 'PUT' }); // prettier-ignore
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      }
    });
  });

  describe('plants cookies before somebody signs in (session fixation)', () => {
    it('signing in begins another login, which the planted one knows nothing of', async () => {
      const planted = cookiesOf(await login());
      const victim = await login({ cookie: planted, origin: own() });
      expect(cookiesOf(victim)).not.toContain(planted.split('; ')[0]!);
      expect(refreshCookieOf(victim)!.split('.')[0]).not.toBe(/dw_refresh=([^.]+)/.exec(planted)![1]);
      await asBrowser('POST', '/api/v1/auth/logout', { cookie: cookiesOf(victim) });
      expect((await asBrowser('GET', '/api/v1/auth/me', { cookie: cookiesOf(victim) })).status).toBe(401);
      expect((await asBrowser('GET', '/api/v1/auth/me', { cookie: planted })).status).toBe(200);
    });

    it('a name of its own for a login is not taken', async () => {
      const secret = 'A'.repeat(43);
      const victim = await login({ cookie: `dw_refresh=AAAAAAAAAAAAAAAA.${secret}; dw_access=x` });
      expect(refreshCookieOf(victim)).not.toContain('AAAAAAAAAAAAAAAA');
      expect((await asBrowser('POST', '/api/v1/auth/refresh', { cookie: `dw_refresh=AAAAAAAAAAAAAAAA.${secret}` })).status).toBe(401); // prettier-ignore
    });
  });

  it('shows our page in a frame, or sniffs what it gets: no header is missing anywhere', async () => {
    for (const path of ['/', '/api/v1/hosts', '/api/v1/nothing', '/api/docs', '/metrics', '/health/live']) {
      const { headers } = await asBrowser('GET', path, {});
      expect([path, headers]).toEqual([
        path,
        expect.objectContaining({
          'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
          'x-frame-options': 'DENY',
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
          'permissions-policy': expect.stringContaining('camera=()'),
        }),
      ]);
      expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe|default-src[^;]*unsafe|\*/);
    }
  });

  it('downgrades a published host to plain http: its browser is told to stay with https', async () => {
    const published = await asBrowser('GET', '/api/v1/hosts', { host: 'deck.example' });
    expect(published.headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    expect((await asBrowser('GET', '/api/v1/hosts', {})).headers['strict-transport-security']).toBeUndefined();
  });
});
