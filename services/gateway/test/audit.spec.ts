import { ALERTS_RPC } from '@deckwatch/contracts';
import { aChannel, aRule, aStoredRule, describeWith, eventually, recordingLog } from '@deckwatch/testing';
import { useGateway } from './fixture.ts';
import { callApi } from './rest-client.ts';
import { signIn } from './sign-in.ts';
import { ADMIN_PASSWORD, tokens } from './tokens.ts';

const PASSWORD = 'pass phrase of somebody';
const log = recordingLog();

interface Entry {
  who: string;
  action: string;
  target: string;
  from: string;
  before: unknown;
  after: unknown;
}

describeWith('nats')('the audit log', () => {
  const fixture = useGateway({ log });
  const api = (method: string, path: string, body?: unknown, headers: Record<string, string | undefined> = {}) =>
    callApi(fixture.gateway.port, method, `/api/v1${path}`, { body, headers });
  const entries = async (): Promise<Entry[]> => (await api('GET', '/audit?limit=500')).body.items as Entry[];
  const told = (entry: Partial<Entry>) => eventually(async () => expect(await entries()).toContainEqual(expect.objectContaining({ from: '127.0.0.1', ...entry }))); // prettier-ignore
  async function as(role: string): Promise<Record<string, string>> {
    const username = `a-${role}`;
    await api('POST', '/users', { username, password: PASSWORD, role });
    return { authorization: `Bearer ${await signIn(fixture.gateway.port, username, PASSWORD)}` };
  }

  it('tells of a change who made it, from where, how it stood before and what was asked', async () => {
    await api('PUT', '/flags/systemAlerts', { value: false });
    await told({ who: 'admin', action: 'set flag', target: '/api/v1/flags/systemAlerts', before: { value: true }, after: { value: false } }); // prettier-ignore
    await api('PUT', '/flags/systemAlerts', { value: true });
    await told({ before: { value: false }, after: { value: true } });
  });

  it('keeps what was replaced or deleted in other services too, without what is secret', async () => {
    const channel = aChannel({ id: 'ops', name: 'ops', url: 'https://hooks.example/T1/very-secret', hasSecret: true });
    const alerts = fixture.bus.serve('alerts', ALERTS_RPC, {
      rule: () => aStoredRule({ id: 'busy', name: 'Before' }),
      saveRule: ({ rule }: { rule: object }) => aStoredRule(rule),
      deleteRule: () => ({}),
      channel: () => channel,
      deleteChannel: () => ({}),
      saveChannel: () => channel,
    } as never);
    await fixture.bus.flush();
    await api('PUT', '/alert-rules/busy', aRule({ id: 'busy', name: 'After' }));
    await told({ action: 'replace rule', before: expect.objectContaining({ name: 'Before' }), after: expect.objectContaining({ name: 'After' }) }); // prettier-ignore
    await api('DELETE', '/alert-rules/busy');
    await told({ action: 'delete rule', before: expect.objectContaining({ name: 'Before' }), after: null });
    await api('POST', '/channels', { name: 'ops', type: 'webhook', url: channel.url, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }); // prettier-ignore
    await told({ action: 'create channel', before: null, after: expect.objectContaining({ url: 'https://hooks.example/***', secret: '***' }) }); // prettier-ignore
    await api('DELETE', '/channels/ops');
    await told({ action: 'delete channel', before: expect.objectContaining({ url: 'https://hooks.example/***' }) });
    alerts.unsubscribe();
  });

  it('tells what somebody tried who may not, and a flood of it in a few entries', async () => {
    const headers = await as('viewer');
    for (let n = 0; n < 50; n += 1) expect((await api('PUT', '/flags/containerStats', { value: false }, headers)).status).toBe(403); // prettier-ignore
    await told({ who: 'a-viewer', action: 'refused: set flag', target: '/api/v1/flags/containerStats' });
    expect((await entries()).filter(({ who, action }) => who === 'a-viewer' && action.startsWith('refused'))).toHaveLength(1); // prettier-ignore
    const answer = await api('GET', '/audit', undefined, headers);
    expect(answer.status).toBe(403);
    await told({ who: 'a-viewer', action: 'refused: list audit' });
  });

  it('is read page by page, newest first, and written by nobody', async () => {
    const first = (await api('GET', '/audit?limit=2')).body;
    const second = (await api('GET', `/audit?limit=2&cursor=${String(first.nextCursor)}`)).body;
    expect([...first.items, ...second.items]).toEqual((await entries()).slice(0, 4));
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect((await api(method, '/audit')).status).toBe(404);
  });

  it('holds no secret, nor does what the service logs, nor any answer but the one that gives it', async () => {
    const { body: program } = await api('POST', '/tokens', { name: 'ci', role: 'viewer' });
    const answers = [
      await api('POST', '/auth/login', { username: 'admin', password: 'a wrong secret phrase' }),
      await api('POST', '/auth/login', '{"username":"admin","password":"a broken secret phrase"'),
      await api('POST', '/users', { username: 'x', password: 'secret', role: 'nothing' }),
      await api('PUT', '/auth/password', { current: 'a wrong secret phrase', next: 'another secret phrase' }),
      await api('GET', '/hosts', undefined, { authorization: `Bearer ${String(program.token)}x` }),
      await api('GET', '/users'),
      await api('GET', '/tokens'),
    ];
    await fixture.gateway.context.bus.js.publish('deckwatch.audit.entry', 'nonsense'); // read over
    const written = JSON.stringify([answers.map(({ body }) => body as unknown), await entries(), log.lines]);
    const secrets = ['secret phrase', ADMIN_PASSWORD, PASSWORD, String(program.token).slice(-43), tokens.get(fixture.gateway.port)!, 'argon2id', 'very-secret', 'whsec_']; // prettier-ignore
    expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
  });
});
