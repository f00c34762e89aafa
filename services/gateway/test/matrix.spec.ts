import { API_PREFIX, ENDPOINTS, PLAIN_TOPICS, ROLES, TOPIC_ROLES, type Role } from '@deckwatch/contracts';
import { describeWith } from '@deckwatch/testing';
import { SignJWT } from 'jose';
import { SigningKeys } from '../src/auth/logins/signing-keys.ts';
import { useGateway } from './fixture.ts';
import { callApi } from './rest-client.ts';
import { signIn } from './sign-in.ts';

const PASSWORD = 'pass phrase of somebody';
const SAMPLES: Record<string, string> = { host: 'alpha', id: '0123456789ab', app: 'shop', name: 'none', username: 'nobody', kind: 'x', key: 'x' }; // prettier-ignore

/** An endpoint's path with something in place of each parameter. */
function pathOf(path: string): string {
  return API_PREFIX + path.replace(/\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? 'x');
}

/** Whoever is let through gets some answer of the endpoint itself: done, not found, wrong body, or nobody behind it. */
const isLetThrough = (status: number): boolean => status !== 401 && status !== 403;

describeWith('nats')('who may do what', () => {
  const fixture = useGateway();
  const shown: Record<string, string> = {};

  beforeAll(async () => {
    const { port } = fixture.gateway;
    for (const role of ROLES) {
      const body = { username: `a-${role}`, password: PASSWORD, role };
      expect((await callApi(port, 'POST', '/api/v1/users', { body })).status).toBe(201);
      shown[role] = await signIn(port, `a-${role}`, PASSWORD);
    }
    await callApi(port, 'POST', '/api/v1/users', { body: { username: 'gone', password: PASSWORD, role: 'admin' } });
    shown['a disabled user'] = await signIn(port, 'gone', PASSWORD);
    await callApi(port, 'PATCH', '/api/v1/users/gone', { body: { disabled: true } });
    Object.assign(shown, await forgeries(shown['admin']!));
    for (const [name, draft] of Object.entries({
      'a viewer’s program': { role: 'viewer' },
      'an ingest token': { scope: 'ingest' },
    })) {
      const answer = await callApi(port, 'POST', '/api/v1/tokens', { body: { name, ...draft } });
      shown[name] = answer.body.token as string;
    }
    shown['a program that was shut out'] = await shutOut(port);
  });

  async function shutOut(port: number): Promise<string> {
    const { body } = await callApi(port, 'POST', '/api/v1/tokens', { body: { name: 'x', role: 'admin' } });
    await callApi(port, 'DELETE', `/api/v1/tokens/${String(body.id)}`);
    return body.token as string;
  }

  /** Tokens that look like good ones. */
  async function forgeries(good: string): Promise<Record<string, string>> {
    const keys = fixture.gateway.app.get(SigningKeys);
    const [head, payload, signature] = good.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const sign = (change: object, secret: Uint8Array = keys.current.secret) =>
      new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg: 'HS256', kid: keys.current.kid }).sign(secret);
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    return {
      nothing: '',
      nonsense: 'nonsense',
      'alg none': `${encode({ alg: 'none' })}.${payload}.`,
      'alg none with a signature': `${encode({ alg: 'none', kid: keys.current.kid })}.${payload}.${signature}`,
      'a changed payload': `${head}.${encode({ ...claims, role: 'admin', sub: 'admin' })}.${signature}`,
      'another key': await sign({}, Buffer.alloc(32, 1)),
      'another audience': await sign({ aud: 'others' }),
      'another issuer': await sign({ iss: 'others' }),
      expired: await sign({ exp: Math.floor(Date.now() / 1000) - 1 }),
      'an unknown login': await sign({ login: 'AAAAAAAAAAAAAAAA' }),
      'a role that is not the user’s': await sign({ sub: 'a-viewer', role: 'admin' }),
      'a forged program': 'dwt_0123456789ab_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    };
  }

  const NOBODY = ['nothing', 'nonsense', 'alg none', 'alg none with a signature', 'a changed payload', 'another key', 'another audience', 'another issuer', 'expired', 'an unknown login', 'a role that is not the user’s', 'a forged program', 'a disabled user', 'a program that was shut out']; // prettier-ignore

  const OWN = new Set([
    'login',
    'refresh',
    'logout',
    'changePassword',
    'exportMetrics',
    'exportSessions',
    'exportAlerts',
  ]);
  const endpoints = Object.entries(ENDPOINTS).filter(([, { role }]) => role !== 'anyone');

  it.each(endpoints)(
    '%s is for its role and those above it, and for nobody who shows what is not good',
    async (name, endpoint) => {
      const call = (authorization: string | undefined) =>
        callApi(fixture.gateway.port, endpoint.method.toUpperCase(), pathOf(endpoint.path), {
          headers: { authorization },
          ...(!['get', 'delete'].includes(endpoint.method) && { body: {} }),
        });
      const statuses = await Promise.all(
        NOBODY.map(async (what) => [what, (await call(shown[what] ? `Bearer ${shown[what]}` : undefined)).status]),
      );
      expect(statuses).toEqual(NOBODY.map((what) => [what, 401]));
      if (OWN.has(name)) return;
      for (const role of ROLES) {
        const { status } = await call(`Bearer ${shown[role]}`);
        const may = ROLES.indexOf(role) >= ROLES.indexOf(endpoint.role as Role);
        expect([role, isLetThrough(status)]).toEqual([role, may]);
      }
      const scoped = (await call(`Bearer ${shown['an ingest token']}`)).status;
      expect(isLetThrough(scoped)).toBe(endpoint.scope === 'ingest');
    },
    30_000,
  );

  it('knows every endpoint: those that are open to anyone are these', () => {
    const open = Object.entries(ENDPOINTS).filter(([, { role }]) => role === 'anyone').map(([name]) => name); // prettier-ignore
    expect(open).toEqual(['login', 'refresh', 'logout']);
  });

  const topics = [...Object.keys(PLAIN_TOPICS), 'stats.alpha', 'stats.alpha.0123456789ab'];

  it.each(topics)('the topic %s is for its role and those above it', async (topic) => {
    for (const role of ROLES) {
      const client = await fixture.open({ token: shown[role]! });
      const { topics: taken, rejected } = await client.subscribe(topic);
      expect([taken.length, rejected.length]).toEqual([1, 0]);
    }
    expect(Object.values(TOPIC_ROLES).every((role) => role === 'viewer')).toBe(true);
  });

  it.each([...NOBODY.map((what) => [what, 4401] as const), ['an ingest token', 4403] as const])(
    'a console that shows %s is ended with %i',
    async (what, code) => {
      const client = await fixture.open({ silent: true });
      client.send('hello', { protocol: 1, ...(shown[what] && { token: shown[what] }) });
      expect(await client.ended()).toBe(code);
    },
  );
});
