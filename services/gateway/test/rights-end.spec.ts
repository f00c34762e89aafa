import { BUCKETS } from '@deckwatch/contracts';
import { describeWith, eventually } from '@deckwatch/testing';
import { SignJWT, decodeJwt } from 'jose';
import { SigningKeys } from '../src/auth/logins/signing-keys.ts';
import { StoredToken, TokenBook } from '../src/auth/programs/token-book.ts';
import { cookiesOf } from './cookies.ts';
import { useGateway } from './fixture.ts';
import { callApi } from './rest-client.ts';
import { ADMIN_PASSWORD, tokens } from './tokens.ts';

describeWith('nats')('rights that end', () => {
  const fixture = useGateway();

  /** The admin's access token, but ending when it is said. */
  function endingAt(ms: number): Promise<string> {
    const { app, port } = fixture.gateway;
    const { current } = app.get(SigningKeys);
    const claims = { ...decodeJwt(tokens.get(port)!), exp: Math.ceil(ms / 1000) };
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: current.kid }).sign(current.secret);
  }

  it('an access token ends by itself: its open connection is closed with 4401', async () => {
    const token = await endingAt(Date.now() + 1500);
    const client = await fixture.open({ token });
    const { expiresAt } = client.of('welcome')[0]!;
    expect(await client.ended(4000)).toBe(4401);
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    expect(Date.now() - expiresAt).toBeLessThan(1000);
  });

  it('a connection that shows a new one before goes on', async () => {
    const client = await fixture.open({ token: await endingAt(Date.now() + 1500) });
    const { expiresAt } = client.of('welcome')[0]!;
    client.send('refresh', { token: tokens.get(fixture.gateway.port)! });
    await eventually(() => expect(Date.now()).toBeGreaterThan(expiresAt + 700), { timeoutMs: 6000 });
    client.send('ping', {});
    await client.next('pong');
    expect(client.closed).toBeUndefined();
  });

  it('a program’s token ends at its date: its open connection is closed with 4401', async () => {
    const expiresAt = Date.now() + 1500;
    const { body } = await callApi(fixture.gateway.port, 'POST', '/api/v1/tokens', { body: { name: 'brief', role: 'viewer', expiresAt } }); // prettier-ignore
    const client = await fixture.open({ token: body.token });
    expect(await client.ended(4000)).toBe(4401);
    expect(Date.now() - expiresAt).toBeLessThan(1000);
    const headers = { authorization: `Bearer ${String(body.token)}` };
    expect((await callApi(fixture.gateway.port, 'GET', '/api/v1/hosts', { headers })).status).toBe(401);
  });

  it('a program’s token writes down when it was used once a minute, however often that is', async () => {
    let now = 1_000_000;
    const bucket = await fixture.bus.bucket(BUCKETS.tokens, StoredToken);
    const book = new TokenBook(bucket, () => now);
    await book.start();
    const made = (await book.create({ name: 'ci', role: 'viewer', scope: null, expiresAt: null }, 'admin'))!;
    const stored = async () => (await bucket.get(made.stored.id))!;
    const first = (await stored()).revision;
    for (let n = 0; n < 100; n += 1) expect(book.read(made.token)).toBeDefined();
    await eventually(async () => expect((await stored()).value.lastUsedAt).toBe(now));
    now += 59_000;
    for (let n = 0; n < 100; n += 1) book.read(made.token);
    now += 1000;
    for (let n = 0; n < 100; n += 1) book.read(made.token);
    await eventually(async () => expect((await stored()).value.lastUsedAt).toBe(now));
    expect((await stored()).revision - first).toBe(2);
    book.stop();
  });

  it('a user has a hundred logins at most: one more ends the one that was used the longest ago', async () => {
    const { port } = fixture.gateway;
    const headers = { authorization: undefined };
    const login = () => callApi(port, 'POST', '/api/v1/auth/login', { body: { username: 'admin', password: ADMIN_PASSWORD }, headers }); // prettier-ignore
    const me = async (reply: Awaited<ReturnType<typeof login>>) => (await callApi(port, 'GET', '/api/v1/auth/me', { headers: { ...headers, cookie: cookiesOf(reply) } })).status; // prettier-ignore
    const first = await login();
    const some = [];
    for (let n = 0; n < 98; n += 1) some.push(await login());
    expect(await me(first)).toBe(200);
    some.push(await login(), await login());
    expect([await me(first), await me(some[0]!), await me(some.at(-1)!)]).toEqual([401, 200, 200]);
  }, 60_000);
});
