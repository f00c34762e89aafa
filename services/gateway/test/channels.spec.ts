import { RpcFault, type BusSubscription } from '@deckwatch/bus';
import { ALERTS_RPC } from '@deckwatch/contracts';
import { aChannel, aDelivery, describeWith, eventually } from '@deckwatch/testing';
import { useGateway } from './fixture.ts';
import { callApi, type CallOptions } from './rest-client.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const HOOK = { name: 'Hook', type: 'webhook', url: 'https://hooks.example/x', secret: SECRET };

describeWith('nats')('channels by REST', () => {
  const fixture = useGateway();
  const asked: { method: string; request: unknown }[] = [];
  let alerts: BusSubscription;
  const call = (method: string, path: string, options?: CallOptions) =>
    callApi(fixture.gateway.port, method, `/api/v1${path}`, options);

  beforeAll(async () => {
    const noting =
      <T>(method: string, answer: T) =>
      (request: unknown): T => {
        asked.push({ method, request });
        return answer;
      };
    alerts = fixture.bus.serve('alerts', ALERTS_RPC, {
      channels: () => ({ items: [aChannel({ id: 'b', name: 'B' }), aChannel({ id: 'a', name: 'A' })] }),
      channel: ({ id }: { id: string }) => {
        if (id !== 'a') throw new RpcFault(404, `there is no channel "${id}"`);
        return aChannel({ id });
      },
      saveChannel: noting('save', aChannel()),
      deleteChannel: noting('delete', {}),
      testChannel: noting('test', { ok: false, status: 503, answer: 'busy', tookMs: 12 }),
      deliveries: noting('deliveries', { items: [aDelivery()], nextCursor: null, total: 1 }),
      retryDelivery: noting('retry', aDelivery()),
    } as never);
    await fixture.bus.flush();
  });
  afterAll(() => alerts.unsubscribe());
  beforeEach(() => asked.splice(0));

  it('are listed by name, and shown alone', async () => {
    const { body } = await call('GET', '/channels');
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(['a', 'b']);
    expect((await call('GET', '/channels/a')).body).toMatchObject({ id: 'a', hasSecret: false });
    expect((await call('GET', '/channels/c')).body).toMatchObject({ status: 404, detail: 'there is no channel "c"' });
  });

  it('are made and replaced, a certain revision where one is named', async () => {
    expect(await call('POST', '/channels', { body: HOOK })).toMatchObject({ status: 201 });
    expect((await call('PUT', '/channels/hook?revision=7', { body: { type: 'slack', name: 'Chat' } })).status).toBe(
      200,
    );
    expect(asked).toMatchObject([
      { method: 'save', request: { channel: { ...HOOK, perMinute: 3000, allowPrivate: false } } },
      { method: 'save', request: { id: 'hook', revision: 7, channel: { type: 'slack', name: 'Chat', perMinute: 60 } } },
    ]);
  });

  it('leave no secret in the audit log', async () => {
    await call('POST', '/channels', { body: HOOK });
    await call('POST', '/channels', {
      body: { name: 'Chat', type: 'slack', url: 'https://hooks.slack.com/services/T1' },
    });
    await call('POST', '/channels', {
      body: { name: 'Phone', type: 'ntfy', url: 'https://ntfy.sh/x', token: 'tk_1234' },
    });
    await eventually(async () => {
      const written = JSON.stringify((await call('GET', '/audit')).body);
      expect(written).toContain('Phone');
      for (const secret of [SECRET, 'services/T1', 'tk_1234']) expect(written).not.toContain(secret);
    });
  });

  it.each([
    ['an unknown kind', { ...HOOK, type: 'pigeon' }, 'body.type'],
    ['a URL of another kind', { ...HOOK, url: 'ftp://hooks.example' }, 'body.url'],
    ['mail to nobody', { name: 'M', type: 'email', host: 'mail.example', from: 'a@example.org', to: [] }, 'body.to'],
    ['a pace of nothing', { ...HOOK, perMinute: 0 }, 'body.perMinute'],
  ])('are refused with a word on each field: %s', async (_name, body, path) => {
    const { status, body: problem } = await call('POST', '/channels', { body });
    expect([status, problem.errors]).toMatchObject([400, [{ path }]]);
  });

  it('are tested, and what they answered is shown', async () => {
    expect((await call('POST', '/channels/a/test')).body).toEqual({
      ok: false,
      status: 503,
      answer: 'busy',
      tookMs: 12,
    });
  });

  it('have deliveries, found by state, channel, alert and time, and tried again', async () => {
    await call('GET', '/deliveries?state=dead&channel=a&alert=busy-1&from=5&to=9&limit=7');
    await call('POST', '/deliveries/busy-1.2.a/retry');
    expect(asked).toEqual([
      { method: 'deliveries', request: { state: 'dead', channel: 'a', alert: 'busy-1', from: 5, to: 9, limit: 7 } },
      { method: 'retry', request: { id: 'busy-1.2.a' } },
    ]);
    expect((await call('GET', '/deliveries?state=lost')).body.errors).toMatchObject([{ path: 'query.state' }]);
  });
});
