import { describeWith } from '@deckwatch/testing';
import { PasswordHasher } from '../../src/auth/accounts/password-hash.ts';
import { useGateway } from '../fixture.ts';
import { callApi, type Reply } from '../rest-client.ts';
import { ADMIN_PASSWORD } from '../tokens.ts';

const PASSWORD = 'pass phrase of somebody';

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Waits of 1 s, 2 s, 4 s … that are over after so long: each leaves room for one try more. */
function waitsWithin(ms: number): number {
  return Math.floor(Math.log2(ms / 1000 + 1));
}

/** Many requests, so many at a time. */
async function flood(count: number, atOnce: number, send: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await send((next += 1));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

describeWith('nats')('who guesses passwords', () => {
  // So that a test may come from any address.
  const fixture = useGateway({ env: { DECKWATCH_TRUSTED_PROXIES: '127.0.0.1' } });
  const login = (username: string, password: string, address = '198.51.100.1'): Promise<Reply> => {
    const headers = { authorization: undefined, 'x-forwarded-for': address };
    return callApi(fixture.gateway.port, 'POST', '/api/v1/auth/login', { body: { username, password }, headers });
  };
  const someAddress = (n: number): string => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;

  beforeAll(async () => {
    for (const username of ['ada', 'bob']) {
      const body = { username, password: PASSWORD, role: 'viewer' };
      await callApi(fixture.gateway.port, 'POST', '/api/v1/users', { body });
    }
    await callApi(fixture.gateway.port, 'PATCH', '/api/v1/users/bob', { body: { disabled: true } });
  });

  it('cannot tell by text who is there: unknown, disabled and known users are refused alike', async () => {
    const replies = [await login('ada', 'wrong'), await login('nobody-here', 'wrong'), await login('bob', PASSWORD)];
    const told = replies.map(({ status, body, headers }) => ({ status, body, names: Object.keys(headers).sort() }));
    expect(told).toEqual([told[0], told[0], told[0]]);
    expect(told[0]).toMatchObject({ status: 401, body: { detail: 'user or password is wrong' } });
  });

  it('cannot tell by time: the same work is done for known and unknown users, and takes as long', async () => {
    const hasher = fixture.gateway.app.get(PasswordHasher);
    const hashed = jest.spyOn(hasher as unknown as { inTurn(): Promise<unknown> }, 'inTurn');
    const times: Record<string, number[]> = { ada: [], stranger: [], bob: [] };
    for (let round = 0; round < 15; round += 1) {
      for (const [at, username] of Object.keys(times).entries()) {
        const start = performance.now();
        expect((await login(username, 'wrong', someAddress(10_000 + round * 3 + at))).status).toBe(401);
        times[username]!.push(performance.now() - start);
      }
    }
    expect(hashed).toHaveBeenCalledTimes(45);
    hashed.mockRestore();
    const [known, unknown, disabled] = ['ada', 'stranger', 'bob'].map((username) => median(times[username]!));
    for (const other of [unknown!, disabled!]) {
      expect(other / known!).toBeGreaterThan(0.5);
      expect(other / known!).toBeLessThan(2);
    }
  });

  it('gets five tries, sent at once or one after another, and is told when to come again', async () => {
    const startedAt = Date.now();
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, n) => login('ada', `guess ${n}`, '198.51.100.11')),
    );
    const tried = replies.filter(({ status }) => status === 401).length;
    const held = replies.filter(({ status }) => status === 429);
    expect(tried).toBeGreaterThanOrEqual(5);
    expect(tried).toBeLessThanOrEqual(5 + waitsWithin(Date.now() - startedAt));
    expect(held).toHaveLength(60 - tried);
    expect(Number(held[0]!.headers['retry-after'])).toBeGreaterThan(0);
    expect((await login('ada', PASSWORD, '198.51.100.11')).status).toBe(429);
    expect((await login('ada', PASSWORD, '198.51.100.12')).status).toBe(200);
  });

  it('is held back alike for users that are there and that are not', async () => {
    for (const username of ['nobody-at-all', 'ada']) {
      const startedAt = Date.now();
      const replies = await Promise.all(Array.from({ length: 20 }, () => login(username, 'wrong', '198.51.100.13')));
      const tried = replies.filter(({ status }) => status === 401).length;
      expect(tried).toBeGreaterThanOrEqual(5);
      expect(tried).toBeLessThanOrEqual(5 + waitsWithin(Date.now() - startedAt));
      expect(replies.filter(({ status }) => status === 429)).toHaveLength(20 - tried);
    }
  });

  it('tries 10,000 times: the gateway stays up, and others sign in meanwhile', async () => {
    expect((await login('ada', PASSWORD, '198.51.100.5')).status).toBe(200);
    const statuses = new Map<number, number>();
    const friends: number[] = [];
    const attempt = (n: number): Promise<Reply> => {
      if (n % 50 === 0) return login(`user-${n}`, 'wrong', someAddress(n)); // from everywhere, at everybody
      if (n % 2 === 0) return login('victim', 'wrong', someAddress(n)); // from everywhere, at one
      return login(`user-${n}`, 'wrong', '198.51.100.66'); // from one address, at everybody
    };
    await flood(10_000, 50, async (n) => {
      const { status } = await attempt(n);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (n % 250 === 0) friends.push((await login('ada', PASSWORD, '198.51.100.5')).status);
    });
    expect([...statuses.keys()].sort()).toEqual([401, 429]);
    expect(friends).toEqual(Array.from({ length: 40 }, () => 200));
    expect((await callApi(fixture.gateway.port, 'GET', '/health/live')).status).toBe(200);
    expect((await login('ada', PASSWORD, '198.51.100.6')).status).toBe(200);
  }, 240_000);

  it('leaves a trace of some entries, not of ten thousand', async () => {
    const { body } = await callApi(fixture.gateway.port, 'GET', '/api/v1/audit?limit=500');
    expect(body.items).toContainEqual(expect.objectContaining({ who: 'anyone', action: 'sign-in held back', from: '198.51.100.66' })); // prettier-ignore
  });
});

describeWith('nats')('a proxy that is trusted', () => {
  const fixture = useGateway({ env: { DECKWATCH_TRUSTED_PROXIES: '127.0.0.7, 10.0.0.0/8' } });
  const login = (password: string, from: string, forwarded: string): Promise<number> =>
    callApi(fixture.gateway.port, 'POST', '/api/v1/auth/login', { body: { username: 'admin', password }, headers: { authorization: undefined, 'x-forwarded-for': forwarded }, from }).then(({ status }) => status); // prettier-ignore

  it('tells apart who comes through it, and nobody else may name himself', async () => {
    for (let n = 0; n < 5; n += 1) expect(await login('wrong', '127.0.0.7', '203.0.113.1')).toBe(401);
    expect(await login(ADMIN_PASSWORD, '127.0.0.7', '203.0.113.1')).toBe(429);
    expect(await login(ADMIN_PASSWORD, '127.0.0.7', '203.0.113.2')).toBe(200);
    for (let n = 0; n < 5; n += 1) expect(await login('wrong', '127.0.0.8', `203.0.113.${n}`)).toBe(401);
    expect(await login('wrong', '127.0.0.8', '203.0.113.99')).toBe(429);
    const { body } = await callApi(fixture.gateway.port, 'GET', '/api/v1/audit');
    expect(body.items.map(({ from }: { from: string }) => from)).toEqual(expect.arrayContaining(['203.0.113.2', '127.0.0.8'])); // prettier-ignore
  });
});
