import { PLAIN_TOPICS, ROLES, TOPIC_ROLES, openApiDocument, parseTopic, type Access } from '@deckwatch/contracts';
import { describeWith } from '@deckwatch/testing';
import { declaredRoutes } from '../src/auth/route-audit.ts';
import { mayActAs } from '../src/auth/user.ts';
import { CONTROLLERS } from '../src/rest/rest.module.ts';
import { useGateway } from './fixture.ts';
import { forgeries } from './forgeries.ts';
import { callApi } from './rest-client.ts';
import { signIn } from './sign-in.ts';
import { tokens } from './tokens.ts';

const PASSWORD = 'pass phrase of somebody';
const SAMPLES: Record<string, string> = { host: 'alpha', id: '0123456789ab', app: 'shop', name: 'none', username: 'nobody', kind: 'x', key: 'x' }; // prettier-ignore

interface Operation {
  name: string;
  method: string;
  path: string;
  role: Access | undefined;
  scope: string | undefined;
}

/** Every operation of the OpenAPI document, as the gateway serves it. */
const OPERATIONS: Operation[] = Object.entries((openApiDocument('0') as { paths: Record<string, Record<string, Record<string, string>>> }).paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, about]) => ({ name: about['operationId']!, method, path, role: about['x-role'] as Access, scope: about['x-scope'] }))); // prettier-ignore
const GUARDED = OPERATIONS.filter(({ role }) => role !== 'anyone').map((operation) => [operation.name, operation] as const); // prettier-ignore
const OPEN = OPERATIONS.filter(({ role }) => role === 'anyone').map((operation) => [operation.name, operation] as const); // prettier-ignore
const TOPICS = [...Object.keys(PLAIN_TOPICS), 'stats.alpha', 'stats.alpha.0123456789ab'];

/** Who shows what is worth nothing. */
const NOBODY = ['nothing', 'nonsense', 'alg none', 'alg none with a signature', 'a changed payload', 'another key', 'another key id', 'another algorithm', 'another audience', 'another issuer', 'expired', 'an unknown login', 'a role that is not the user’s', 'a forged program', 'a program with another secret', 'a disabled user', 'a deleted user', 'a user with another role since', 'a program that was shut out', 'a program that has expired']; // prettier-ignore

describeWith('nats')('who may do what', () => {
  const fixture = useGateway();
  const shown: Record<string, string> = {};

  const made = async (path: string, body: object): Promise<Record<string, string>> => {
    const answer = await callApi(fixture.gateway.port, 'POST', `/api/v1${path}`, { body });
    expect(answer.status).toBe(201);
    return answer.body as Record<string, string>;
  };
  const admin = (method: string, path: string, body?: object) => callApi(fixture.gateway.port, method, `/api/v1${path}`, { body }); // prettier-ignore
  async function aUser(username: string, role: string): Promise<string> {
    await made('/users', { username, password: PASSWORD, role });
    return signIn(fixture.gateway.port, username, PASSWORD);
  }

  beforeAll(async () => {
    for (const role of ROLES) shown[role] = await aUser(`a-${role}`, role);
    for (const role of ROLES) shown[`program ${role}`] = (await made('/tokens', { name: role, role }))['token']!;
    shown['an ingest token'] = (await made('/tokens', { name: 'app', scope: 'ingest' }))['token']!;

    shown['a disabled user'] = await aUser('disabled', 'admin');
    await admin('PATCH', '/users/disabled', { disabled: true });
    shown['a deleted user'] = await aUser('deleted', 'admin');
    await admin('DELETE', '/users/deleted');
    shown['a user with another role since'] = await aUser('lowered', 'admin');
    await admin('PATCH', '/users/lowered', { role: 'viewer' });
    const out = await made('/tokens', { name: 'out', role: 'admin' });
    shown['a program that was shut out'] = out['token']!;
    await admin('DELETE', `/tokens/${out['id']}`);
    shown['a program that has expired'] = (await made('/tokens', { name: 'old', role: 'admin', expiresAt: Date.now() - 1 }))['token']!; // prettier-ignore
    shown['a program with another secret'] = shown['program admin']!.replace(/.{43}$/, 'A'.repeat(43));
    Object.assign(shown, await forgeries(fixture.gateway, tokens.get(fixture.gateway.port)!));
  });

  function call({ method, path }: Operation, headers: Record<string, string | undefined>): Promise<number> {
    const target = path.replace(/\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? 'x');
    const body = ['get', 'delete'].includes(method) ? undefined : {};
    const given = { authorization: undefined, ...headers };
    return callApi(fixture.gateway.port, method.toUpperCase(), target, { body, headers: given }).then(({ status }) => status); // prettier-ignore
  }
  const bearer = (who: string) => ({ authorization: shown[who] ? `Bearer ${shown[who]}` : undefined });
  /** Whoever is let through gets an answer of the endpoint itself: done, not found, wrong body, or nobody behind it. */
  const isLetThrough = (status: number): boolean => status !== 401 && status !== 403;

  it('knows every route that there is, and each with the role that it needs', () => {
    const declared = declaredRoutes(CONTROLLERS).map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`); // prettier-ignore
    expect(OPERATIONS.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(declared.sort());
    expect(OPERATIONS.filter(({ role }) => role === undefined)).toEqual([]);
    expect(OPEN.map(([name]) => name).sort()).toEqual(['health_live', 'health_ready', 'login', 'logout', 'metrics', 'refresh']); // prettier-ignore
    expect(NOBODY.filter((who) => shown[who] === undefined)).toEqual([]);
  });

  it.each(GUARDED)('%s answers 401 to whoever shows nothing that is good', async (_, operation) => {
    const statuses = await Promise.all(NOBODY.map(async (who) => [who, await call(operation, bearer(who))]));
    expect(statuses).toEqual(NOBODY.map((who) => [who, 401]));
  });

  it.each(GUARDED)('%s is for its role and those above it, users and programs', async (_, operation) => {
    for (const who of ROLES.flatMap((role) => [role, `program ${role}`])) {
      const status = await call(operation, bearer(who));
      const may = mayActAs(who.replace('program ', '') as (typeof ROLES)[number], operation.role!);
      // A program has no password of its own to change.
      const expected = operation.name === 'changePassword' && who.startsWith('program') ? true : may;
      expect([who, isLetThrough(status)]).toEqual([who, expected]);
    }
    expect(isLetThrough(await call(operation, bearer('an ingest token')))).toBe(operation.scope === 'ingest');
  });

  it.each(GUARDED)('%s takes the console’s cookie for reading, and not for writing', async (_, operation) => {
    const status = await call(operation, { cookie: `dw_access=${shown['admin']}` });
    expect(isLetThrough(status)).toBe(operation.method === 'get');
  });

  it.each(OPEN)('%s answers everybody alike, whatever he shows', async (_, operation) => {
    const everyone = [...NOBODY, ...ROLES, 'an ingest token'];
    const statuses = await Promise.all(everyone.map((who) => call(operation, bearer(who))));
    expect(new Set(statuses).size).toBe(1);
  });

  it('knows every topic', () => {
    expect(new Set(TOPICS.map((topic) => parseTopic(topic)?.name))).toEqual(new Set(Object.keys(TOPIC_ROLES)));
  });

  it.each(TOPICS)('the topic %s is for its role and those above it', async (topic) => {
    const needed = TOPIC_ROLES[parseTopic(topic)!.name];
    for (const role of ROLES) {
      for (const who of [role, `program ${role}`]) {
        const client = await fixture.open({ token: shown[who]! });
        const { topics, rejected } = await client.subscribe(topic);
        expect([who, topics.length, rejected.length]).toEqual([who, ...(mayActAs(role, needed) ? [1, 0] : [0, 1])]);
      }
    }
  });

  it.each(TOPICS)('the topic %s says nothing to whoever shows nothing that is good', async (topic) => {
    const ends = [...NOBODY.map((who) => [who, 4401] as const), ['an ingest token', 4403] as const];
    const met = ends.map(async ([who]) => {
      const client = await fixture.open({ silent: true });
      client.send('hello', { protocol: 1, ...(shown[who] && { token: shown[who] }) });
      client.send('subscribe', { id: 1, topics: [topic] });
      return [who, await client.ended(), client.frames];
    });
    expect(await Promise.all(met)).toEqual(ends.map(([who, code]) => [who, code, []]));
  });
});
