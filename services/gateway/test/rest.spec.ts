import { request } from 'node:http';
import { ALERTS_RPC, COLLECTOR_RPC, SESSIONS_RPC, openApiDocument, subjects } from '@deckwatch/contracts';
import { RpcFault } from '@deckwatch/bus';
import { aContainerEvent, aHostReport, aRule, aSessionCount, aSessionIngestItem, aStatsRow, aStatsSweep, aStoredRule, containerIdOf, describeWith, eventually } from '@deckwatch/testing';
import { declaredRoutes } from '../src/auth/route-audit.ts';
import { CONTROLLERS } from '../src/rest/rest.module.ts';
import { useGateway } from './fixture.ts';

interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever was answered
}

describeWith('nats')('REST', () => {
  const fixture = useGateway({ env: { DECKWATCH_PUBLIC_ORIGINS: 'https://deck.example' } });

  const call = (method: string, path: string, { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {}): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const sent = request({ port: fixture.gateway.port, host: '127.0.0.1', method, path, headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode!, headers: response.headers, body: /json/.test(response.headers['content-type'] ?? '') ? JSON.parse(answer) : answer });
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });
  const get = (path: string, headers?: Record<string, string>) => call('GET', path, { headers });

  describe('hosts and containers', () => {
    const sweep = (host: string, t: number) => aStatsSweep({ host, t, rows: Array.from({ length: 7 }, (_, n) => aStatsRow(containerIdOf(n), { cpu: (n * 3) % 7 })) as never });
    beforeAll(async () => {
      const { bus } = fixture;
      bus.publish(subjects.host('alpha'), aHostReport());
      bus.serve((method) => subjects.collectorRpc('alpha', method), COLLECTOR_RPC, { latest: () => sweep('alpha', 5000) });
      for (let n = 0; n < 7; n += 1) {
        const event = aContainerEvent({ id: containerIdOf(n), name: `web-${n}`, image: n % 2 ? 'nginx' : 'redis', project: n < 3 ? 'shop' : null, state: n === 6 ? 'paused' : 'running' });
        await bus.log('CONTAINERS').append(subjects.container('alpha', containerIdOf(n)), event);
      }
      await eventually(async () => expect((await get('/api/v1/containers')).body.total).toBe(7));
    });

    it('lists hosts', async () => {
      expect((await get('/api/v1/hosts')).body).toMatchObject({ items: [{ key: 'alpha', status: 'up' }], nextCursor: null, total: 1 });
    });

    it('lists containers with their latest sample, asked for where nobody looks', async () => {
      const { body } = await get('/api/v1/containers');
      expect(body.items[2]).toMatchObject({ key: `alpha.${containerIdOf(2)}`, name: 'web-2', demo: false, stats: { t: 5000, cpu: 6, pids: 3 } });
    });

    it.each([
      ['search=WEB-3', ['web-3']],
      ['search=nginx', ['web-1', 'web-3', 'web-5']],
      [`search=${containerIdOf(4)}`, ['web-4']],
      ['project=shop', ['web-0', 'web-1', 'web-2']],
      ['state=paused', ['web-6']],
      ['host=beta', []],
      ['sort=cpu&order=desc&limit=3', ['web-2', 'web-4', 'web-6']],
      ['sort=name&order=desc&limit=2', ['web-6', 'web-5']],
    ])('finds by %s', async (query, names) => {
      const { body } = await get(`/api/v1/containers?${query}`);
      expect(body.items.map(({ name }: { name: string }) => name)).toEqual(names);
    });

    it('pages through a list to its end, each item once', async () => {
      const names: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const { body } = await get(`/api/v1/containers?limit=3&sort=pids${cursor && `&cursor=${cursor}`}`);
        expect(body.total).toBe(7);
        names.push(...body.items.map(({ name }: { name: string }) => name));
        cursor = body.nextCursor;
      }
      expect(names).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `web-${n}`));
    });

    it('gets one container, or says that there is none', async () => {
      expect((await get(`/api/v1/containers/alpha/${containerIdOf(1)}`)).body).toMatchObject({ name: 'web-1', stats: { cpu: 3 } });
      expect((await get(`/api/v1/containers/alpha/${containerIdOf(99)}`)).status).toBe(404);
    });

    it('answers 304 to who has it already', async () => {
      const first = await get('/api/v1/containers?sort=startedAt');
      const etag = String(first.headers['etag']);
      expect(etag).toMatch(/"/);
      expect((await get('/api/v1/containers?sort=startedAt', { 'if-none-match': etag })).status).toBe(304);
      fixture.bus.publish(subjects.stats('alpha'), sweep('alpha', 6000));
      await eventually(async () => expect((await get('/api/v1/containers?sort=startedAt', { 'if-none-match': etag })).status).toBe(200));
    });

    it('does not forget a host that still reports', async () => {
      expect((await call('DELETE', '/api/v1/hosts/alpha')).status).toBe(409);
      expect((await call('DELETE', '/api/v1/hosts/nowhere')).status).toBe(404);
    });

    it('removes the demo: its collector is stopped, its containers are told removed, nothing of it is left', async () => {
      const { bus } = fixture;
      const subject = subjects.container('demo', containerIdOf(1));
      bus.publish(subjects.host('demo'), aHostReport({ host: 'demo', demo: true }));
      await bus.log('CONTAINERS').append(subject, aContainerEvent({ host: 'demo', id: containerIdOf(1) }));
      await eventually(async () => expect((await get('/api/v1/containers?host=demo')).body.items).toEqual([expect.objectContaining({ demo: true })]));
      let stopped = 0;
      bus.subscribe(subjects.rpc('demo', 'stop'), (message) => {
        stopped += 1;
        message.respond({ ok: true, data: {} });
      });
      const client = await fixture.open();
      await client.subscribe(['containers', 'hosts'], { rateMs: 100 });
      expect((await call('DELETE', '/api/v1/hosts/demo')).status).toBe(204);
      expect(stopped).toBe(1);
      await client.next('update', ({ topic, data }) => topic === 'containers' && data.items.some((item: { removed?: boolean }) => item.removed));
      await client.next('update', ({ topic, data }) => topic === 'hosts' && data.items.some((item: { removed?: boolean }) => item.removed));
      expect((await bus.jsm.streams.info('CONTAINERS', { subjects_filter: 'deckwatch.containers.demo.*' })).state.subjects ?? {}).toEqual({});
    });
  });

  describe('other services', () => {
    it('says 503 while they do not answer', async () => {
      const answer = await get('/api/v1/sessions/count');
      expect(answer.status).toBe(503);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.body).toMatchObject({ type: 'about:blank', title: 'Service Unavailable', status: 503, detail: expect.any(String) });
    });

    it('passes on what they answer, and how they refuse', async () => {
      const { bus } = fixture;
      const missing = () => {
        throw new RpcFault(404, 'no such rule');
      };
      const alerts = bus.serve('alerts', ALERTS_RPC, { rules: () => ({ items: [aStoredRule()] }), rule: missing, saveRule: ({ rule }: { rule: object }) => aStoredRule(rule) } as never);
      const sessions = bus.serve('sessions', SESSIONS_RPC, { count: () => aSessionCount(), ingest: ({ items }: { items: unknown[] }) => ({ accepted: items.length - 1, rejected: [{ index: 0, message: 'no' }] }) } as never);
      expect((await get('/api/v1/alert-rules')).body).toMatchObject({ items: [{ id: 'busy' }], total: 1 });
      expect((await get('/api/v1/alert-rules/nothing')).body).toMatchObject({ status: 404, detail: 'no such rule' });
      expect((await call('POST', '/api/v1/alert-rules', { body: aRule({ name: 'Mine' }) }))).toMatchObject({ status: 201, body: { name: 'Mine' } });
      expect((await get('/api/v1/sessions/count')).body).toMatchObject({ active: 1 });
      const body = [{ nonsense: true }, aSessionIngestItem({ id: 'a' }), aSessionIngestItem({ id: 'b' })];
      expect((await call('POST', '/api/v1/ingest/sessions', { body })).body).toEqual({ accepted: 1, rejected: [{ index: 0, message: expect.any(String) }, { index: 1, message: 'no' }] });
      alerts.unsubscribe();
      sessions.unsubscribe();
    });
  });

  describe('what is wrong', () => {
    it.each([
      ['GET', '/api/v1/nothing', undefined, 404],
      ['GET', '/nothing.js', undefined, 404],
      ['GET', '/api/v1/containers?limit=0', undefined, 400],
      ['GET', '/api/v1/containers?limit=501', undefined, 400],
      ['GET', '/api/v1/containers?sort=colour', undefined, 400],
      ['GET', '/api/v1/containers?cursor=nonsense', undefined, 400],
      ['GET', '/api/v1/containers?limit=1&limit=2', undefined, 400],
      ['GET', '/api/v1/containers/UPPER/1', undefined, 400],
      ['GET', '/api/v1/containers/%/x', undefined, 400],
      ['POST', '/api/v1/alert-rules', '{"name":', 400],
      ['POST', '/api/v1/alert-rules', { name: 'x' }, 400],
      ['POST', '/api/v1/alert-rules', `{"name":"${'x'.repeat(1_100_000)}"}`, 413],
      ['PUT', '/api/v1/flags/containerStats', { value: 'yes' }, 400],
      ['PUT', '/api/v1/flags/containerStats', undefined, 400],
    ])('%s %s %j is answered %i with a problem', async (method, path, body, status) => {
      const answer = await call(method, path, { body });
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.body).toEqual(expect.objectContaining({ type: 'about:blank', title: expect.any(String), status, detail: expect.any(String) }));
    });

    it('names each wrong field', async () => {
      const { body } = await call('POST', '/api/v1/alert-rules', { body: { name: '', target: 'moon', condition: { metric: 'cpu', op: '>', value: 1 } } });
      expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['body.name', 'body.target']);
    });
  });

  describe('the door', () => {
    const flag = { body: { value: true } };
    it.each([
      ['a foreign Host', 'GET', '/api/v1/hosts', { host: 'evil.example' }, 421],
      ['a foreign Host for the page', 'GET', '/', { host: 'evil.example' }, 421],
      ['a foreign Host for health', 'GET', '/health/live', { host: '10.1.2.3:8080' }, 200],
      ['a foreign Origin that writes', 'PUT', '/api/v1/flags/containerStats', { origin: 'https://evil.example' }, 403],
      ['a foreign Origin that reads', 'GET', '/api/v1/hosts', { origin: 'https://evil.example' }, 200],
      ['a listed Origin that writes', 'PUT', '/api/v1/flags/containerStats', { origin: 'https://deck.example' }, 200],
      ['Forwarded', 'GET', '/api/v1/hosts', { forwarded: 'for=1.2.3.4' }, 403],
      ['X-Forwarded-Proto', 'GET', '/api/v1/hosts', { 'x-forwarded-proto': 'https' }, 403],
      ['Via', 'GET', '/api/v1/hosts', { via: '1.1 proxy' }, 403],
      ['Via, for metrics', 'GET', '/metrics', { via: '1.1 proxy' }, 403],
      ['a listed host, until there are accounts', 'GET', '/api/v1/hosts', { host: 'deck.example' }, 403],
    ])('answers %s', async (_, method, path, headers: Record<string, string | undefined>, status) => {
      expect((await call(method, path, { headers: headers as Record<string, string>, ...(method === 'PUT' && flag) })).status).toBe(status);
    });

    it('shows no header that tells what it is made of, and none that lets others in', async () => {
      const { headers } = await get('/api/v1/hosts', { origin: 'https://evil.example' });
      expect(Object.keys(headers).filter((name) => /powered|^access-control/.test(name))).toEqual([]);
    });
  });

  describe('documents', () => {
    it('describe every route that there is, and none that there is not', async () => {
      const { body } = await get('/api/openapi.json');
      expect(body).toEqual(JSON.parse(JSON.stringify(openApiDocument('0.0.0'))));
      const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
      const declared = declaredRoutes(CONTROLLERS).map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
      expect(described.sort()).toEqual(declared.sort());
    });

    it('tell the subjects and frames', async () => {
      const { body } = await get('/api/asyncapi.json');
      expect(body.asyncapi).toBe('3.0.0');
      expect(body.channels.stats.address).toBe('deckwatch.stats.{host}');
    });

    it('can be read on a page that asks nobody else', async () => {
      const { body, headers } = await get('/api/docs');
      expect(headers['content-type']).toContain('text/html');
      expect(body).toContain('/api/v1/containers/{host}/{id}');
      expect(body).not.toMatch(/(src|href)="(https?:)?\/\//);
      expect(body).not.toContain('<script');
    });
  });
});

describeWith('nats')('readiness', () => {
  const fixture = useGateway();

  it('is that of the whole installation, and says what is missing', async () => {
    const ready = async () => {
      const response = await fetch(`${fixture.gateway.url}/health/ready`);
      return { status: response.status, ...((await response.json()) as { ready: boolean; parts: Record<string, string | null> }) };
    };
    expect(await ready()).toMatchObject({ status: 503, ready: false, parts: { collector: expect.any(String), alerts: expect.any(String) } });
    const say = (service: string, isReady: boolean) => fixture.bus.publish(subjects.service(service, 'x'), { v: 1, t: Date.now(), service, instance: 'x', version: '1', startedAt: 1, ready: isReady, parts: { redis: isReady ? null : 'away' }, cpu: 1, rss: 1 });
    for (const service of ['collector', 'sessions', 'alerts', 'history']) say(service, true);
    await eventually(async () => expect(await ready()).toMatchObject({ status: 200, ready: true }));
    say('sessions', false);
    await eventually(async () => expect(await ready()).toMatchObject({ status: 503, parts: { sessions: 'redis: away', collector: null } }));
    const client = await fixture.open();
    await client.subscribe('system');
    const { items } = (await client.next('snapshot')).data['data'];
    expect(items).toEqual(expect.arrayContaining([expect.objectContaining({ key: 'broker.redis', status: 'down' }), expect.objectContaining({ key: 'service.sessions.x', status: 'degraded' })]));
  });
});
