import { describeWith, eventually } from '@deckwatch/testing';
import { cookiesOf, refreshCookieOf } from './cookies.ts';
import { useGateway } from './fixture.ts';
import { callApi } from './rest-client.ts';
import { signIn } from './sign-in.ts';
import { ADMIN_PASSWORD } from './tokens.ts';

const PASSWORD = 'pass phrase of somebody';

describeWith('nats')('accounts', () => {
  const fixture = useGateway({ env: { DECKWATCH_PUBLIC_ORIGINS: 'https://deck.example' } });
  const port = () => fixture.gateway.port;
  const api = (method: string, path: string, body?: unknown, headers: Record<string, string | undefined> = {}) =>
    callApi(port(), method, `/api/v1${path}`, { body, headers });
  const nobody = { authorization: undefined };
  const login = (username: string, password: string, headers: Record<string, string> = {}) =>
    api('POST', '/auth/login', { username, password }, { ...nobody, ...headers });
  const refresh = (cookie: string) => api('POST', '/auth/refresh', undefined, { ...nobody, cookie });
  let people = 0;
  async function aUser(role: string): Promise<string> {
    const username = `user-${(people += 1)}`;
    expect((await api('POST', '/users', { username, password: PASSWORD, role })).status).toBe(201);
    return username;
  }

  describe('signing in', () => {
    it('gives an access token, and cookies that no script reads and no other site sends', async () => {
      const answer = await login('Admin ', ADMIN_PASSWORD);
      expect(answer.body).toMatchObject({ expiresIn: 900, user: { username: 'admin', role: 'admin' } });
      const [access, renewal] = answer.headers['set-cookie'] as string[];
      expect(access).toMatch(/^dw_access=.*Path=\/;.*HttpOnly; SameSite=Strict$/);
      expect(renewal).toMatch(/^dw_refresh=.*Path=\/api\/v1\/auth;.*HttpOnly; SameSite=Strict$/);
      const secure = await login('admin', ADMIN_PASSWORD, { origin: 'https://deck.example', host: 'deck.example' });
      expect((secure.headers['set-cookie'] as string[]).every((line) => line.includes('Secure'))).toBe(true);
    });

    it('says the same of a wrong password and of an unknown user', async () => {
      const [wrong, unknown] = [await login('admin', 'wrong'), await login('nobody-here', 'wrong')];
      expect([wrong.status, wrong.body]).toEqual([unknown.status, unknown.body]);
      expect(wrong.status).toBe(401);
    });

    it('is slowed down after some failures, for that user from that address only', async () => {
      const username = await aUser('viewer');
      for (let n = 0; n < 5; n += 1) expect((await login(username, 'wrong')).status).toBe(401);
      const refused = await login(username, PASSWORD);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect((await login('admin', ADMIN_PASSWORD)).status).toBe(200);
    });
  });

  describe('the cookie', () => {
    it('reads and does not write', async () => {
      const cookie = cookiesOf(await login('admin', ADMIN_PASSWORD));
      expect((await api('GET', '/auth/me', undefined, { ...nobody, cookie })).body).toEqual({ username: 'admin', role: 'admin' }); // prettier-ignore
      expect((await api('PUT', '/flags/containerStats', { value: true }, { ...nobody, cookie })).status).toBe(401);
    });

    it('lets a console in from its own page only', async () => {
      const cookie = cookiesOf(await login('admin', ADMIN_PASSWORD));
      const open = async (headers: Record<string, string>) => {
        const client = await fixture.open({ silent: true, headers: { cookie, ...headers } });
        client.send('hello', { protocol: 1 });
        return client;
      };
      const own = await open({ origin: `http://127.0.0.1:${port()}` });
      expect((await own.next('welcome')).data['user']).toEqual({ name: 'admin', role: 'admin' });
      expect(await (await open({})).ended()).toBe(4401);
      await expect(open({ origin: 'https://evil.example' })).rejects.toThrow('403');
    });
  });

  describe('refreshing', () => {
    it('rotates; two tabs at once stay signed in with the same successor', async () => {
      const first = cookiesOf(await login('admin', ADMIN_PASSWORD));
      const [one, two] = await Promise.all([refresh(first), refresh(first)]);
      expect([one.status, two.status]).toEqual([200, 200]);
      expect(refreshCookieOf(one)).toBe(refreshCookieOf(two));
      expect((await refresh(cookiesOf(one))).status).toBe(200);
    });

    it('of a token that was used long before ends the login and its open consoles', async () => {
      const answer = await login('admin', ADMIN_PASSWORD);
      const stolen = cookiesOf(answer);
      const client = await fixture.open({ token: answer.body.accessToken });
      const second = cookiesOf(await refresh(stolen));
      const third = cookiesOf(await refresh(second));
      expect((await refresh(stolen)).status).toBe(401);
      expect((await refresh(third)).status).toBe(401);
      expect(await client.ended(1500)).toBe(4401);
    });

    it('is over after signing out, and so is the access token', async () => {
      const answer = await login('admin', ADMIN_PASSWORD);
      const client = await fixture.open({ token: answer.body.accessToken });
      const cookie = cookiesOf(answer);
      expect((await api('POST', '/auth/logout', undefined, { ...nobody, cookie })).status).toBe(204);
      expect(await client.ended(1500)).toBe(4401);
      expect((await refresh(cookie)).status).toBe(401);
      const authorization = `Bearer ${String(answer.body.accessToken)}`;
      expect((await api('GET', '/auth/me', undefined, { authorization })).status).toBe(401);
    });
  });

  describe('users', () => {
    it.each([
      ['deleted', 'DELETE', undefined],
      ['disabled', 'PATCH', { disabled: true }],
      ['given another role', 'PATCH', { role: 'viewer' }],
      ['given another password', 'PATCH', { password: 'another pass phrase' }],
    ])('who are %s are out within a second, at every gateway', async (_, method, body) => {
      const other = await fixture.another();
      const username = await aUser('operator');
      const token = await signIn(port(), username, PASSWORD);
      const [here, there] = await Promise.all([fixture.open({ token }), fixture.open({ token, at: other })]);
      expect((await api(method, `/users/${username}`, body)).status).toBeLessThan(300);
      expect(await Promise.all([here.ended(1000), there.ended(1000)])).toEqual([4401, 4401]);
    });

    it.each([
      ['password1234', 'a word and figures'],
      ['aaaaaaaaaaaa', 'one letter'],
      ['1234567890', 'a row'],
      ['P@ssw0rd!!', 'a word with marks for letters'],
      ['short', 'too short'],
      ['deckwatch-2026', 'our own name'],
    ])('do not get the password %s: %s', async (password) => {
      const { status, body } = await api('POST', '/users', { username: 'picky', password, role: 'viewer' });
      expect(status).toBe(400);
      expect(body.errors[0].path).toBe('body.password');
    });

    it('change their own password and stay nowhere else', async () => {
      const username = await aUser('viewer');
      const token = await signIn(port(), username, PASSWORD);
      const authorization = `Bearer ${token}`;
      const change = (current: string) => api('PUT', '/auth/password', { current, next: 'quite another phrase' }, { authorization }); // prettier-ignore
      expect((await change('wrong')).status).toBe(400);
      expect((await change(PASSWORD)).status).toBe(204);
      expect((await api('GET', '/auth/me', undefined, { authorization })).status).toBe(401);
      expect((await login(username, 'quite another phrase')).status).toBe(200);
    });
  });

  describe('tokens of programs', () => {
    it('are shown once, say when they were used, and end when they are deleted', async () => {
      const { body } = await api('POST', '/tokens', { name: 'ci', role: 'viewer' });
      const authorization = `Bearer ${String(body.token)}`;
      expect((await api('GET', '/hosts', undefined, { authorization })).status).toBe(200);
      expect((await api('PUT', '/flags/containerStats', { value: true }, { authorization })).status).toBe(403);
      const listed = (await api('GET', '/tokens')).body.items.find(({ id }: { id: string }) => id === body.id);
      expect(listed).toMatchObject({ name: 'ci', createdBy: 'admin', lastUsedAt: expect.any(Number) });
      expect(JSON.stringify(listed)).not.toContain(String(body.token).slice(-43));
      const client = await fixture.open({ token: body.token });
      expect((await api('DELETE', `/tokens/${String(body.id)}`)).status).toBe(204);
      expect(await client.ended(1000)).toBe(4401);
      expect((await api('GET', '/hosts', undefined, { authorization })).status).toBe(401);
    });

    it('have a role or the scope ingest, not both and not neither', async () => {
      for (const draft of [{}, { role: 'viewer', scope: 'ingest' }]) {
        expect((await api('POST', '/tokens', { name: 'x', ...draft })).status).toBe(400);
      }
    });
  });

  it('write down who did what, without what is secret', async () => {
    const username = await aUser('viewer');
    await api('PATCH', `/users/${username}`, { password: 'yet another phrase', role: 'operator' });
    await eventually(async () => {
      const { items } = (await api('GET', '/audit')).body;
      expect(items[0]).toMatchObject({
        who: 'admin',
        action: 'user changed',
        target: username,
        from: '127.0.0.1',
        before: { role: 'viewer' },
        after: { role: 'operator', passwordChanged: true },
      });
      expect(JSON.stringify(items)).not.toContain('phrase');
    });
  });
});

describeWith('nats')('admins', () => {
  const fixture = useGateway();
  const api = (method: string, path: string, body?: unknown) =>
    callApi(fixture.gateway.port, method, `/api/v1${path}`, { body });

  it('are never all taken away, also when two are at once', async () => {
    await api('POST', '/users', { username: 'other', password: PASSWORD, role: 'admin' });
    const removed = await Promise.all([
      api('DELETE', '/users/other'),
      api('PATCH', '/users/admin', { role: 'viewer' }),
    ]);
    // Either may come first.
    expect(removed.filter(({ status }) => status < 300)).toHaveLength(1);
  });
});
