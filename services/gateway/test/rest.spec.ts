import { RpcFault } from '@deckwatch/bus';
import { ALERTS_RPC, COLLECTOR_RPC, HISTORY_RPC, INSPECT_RPC, SESSIONS_RPC, subjects } from '@deckwatch/contracts';
import {
  aContainerEvent,
  anAlertMessage,
  aHostReport,
  aRule,
  aSessionCount,
  aSessionIngestItem,
  aStatsRow,
  aStatsSweep,
  aStoredRule,
  containerIdOf,
  describeWith,
  eventually,
} from '@deckwatch/testing';
import { useGateway } from './fixture.ts';
import { callApi, type CallOptions } from './rest-client.ts';
import { tokens } from './tokens.ts';

describeWith('nats')('REST', () => {
  const fixture = useGateway();
  const call = (method: string, path: string, options?: CallOptions) =>
    callApi(fixture.gateway.port, method, path, options);
  const get = (path: string, headers?: Record<string, string>) => call('GET', path, { headers });

  const fetched = (path: string) =>
    fetch(fixture.gateway.url + path, { headers: { authorization: `Bearer ${tokens.get(fixture.gateway.port)}` } });

  describe('hosts and containers', () => {
    const sweep = (host: string, t: number) =>
      aStatsSweep({
        host,
        t,
        rows: Array.from({ length: 7 }, (_, n) => aStatsRow(containerIdOf(n), { cpu: (n * 3) % 7 })) as never,
      });
    beforeAll(async () => {
      const { bus } = fixture;
      bus.publish(subjects.host('alpha'), aHostReport());
      bus.serve((method) => subjects.collectorRpc('alpha', method), COLLECTOR_RPC, {
        latest: () => sweep('alpha', 5000),
      });
      for (let n = 0; n < 7; n += 1) {
        const event = aContainerEvent({
          id: containerIdOf(n),
          name: `web-${n}`,
          image: n % 2 ? 'nginx' : 'redis',
          project: n < 3 ? 'shop' : null,
          state: n === 6 ? 'paused' : 'running',
        });
        await bus.log('CONTAINERS').append(subjects.container('alpha', containerIdOf(n)), event);
      }
      await eventually(async () => expect((await get('/api/v1/containers')).body.total).toBe(7));
    });

    it('lists hosts', async () => {
      expect((await get('/api/v1/hosts')).body).toMatchObject({
        items: [{ key: 'alpha', status: 'up' }],
        nextCursor: null,
        total: 1,
      });
    });

    it('lists containers with their latest sample, asked for where nobody looks', async () => {
      const { body } = await get('/api/v1/containers');
      expect(body.items[2]).toMatchObject({
        key: `alpha.${containerIdOf(2)}`,
        name: 'web-2',
        demo: false,
        stats: { t: 5000, cpu: 6, pids: 3 },
      });
    });

    it('compresses what is long, and says so to caches', async () => {
      const response = await fetched('/api/v1/containers');
      expect(response.headers.get('content-encoding')).toMatch(/gzip|br/);
      expect(response.headers.get('vary')).toContain('Accept-Encoding');
      const etag = response.headers.get('etag') ?? '';
      expect((await get('/api/v1/containers', { 'if-none-match': etag })).status).toBe(304);
    });

    it('tells what happened, newest first, to all, to a host or to one container, by cursor', async () => {
      const first = await get('/api/v1/events?limit=3');
      expect(first.body.items.map(({ name }: { name: string }) => name)).toEqual(['web-6', 'web-5', 'web-4']);
      expect(first.body.items[0]).toMatchObject({ host: 'alpha', event: 'started', demo: false });
      expect(first.body.items[0]).not.toHaveProperty('labels');
      const rest = await get(`/api/v1/events?limit=10&cursor=${first.body.nextCursor}`);
      expect(rest.body.items).toHaveLength(4);
      expect(rest.body.nextCursor).toBeNull();
      const one = await get(`/api/v1/events?container=alpha.${containerIdOf(2)}`);
      expect(one.body.items).toMatchObject([{ name: 'web-2' }]);
      expect((await get('/api/v1/events?host=beta')).body.items).toEqual([]);
      expect((await get('/api/v1/events?cursor=x')).status).toBe(400);
    });

    it('tells what the engine knows of a container, or why it does not', async () => {
      const path = `/api/v1/containers/alpha/${containerIdOf(1)}`;
      expect((await get(path)).body).toMatchObject({ details: null, detailsReason: 'its host does not answer' });
      const details = { command: 'run', ports: [], mounts: [], env: ['A'], networks: [], restartPolicy: 'no', limits: { cpus: null, memory: null }, health: null }; // prettier-ignore
      const served = fixture.bus.serve((method) => subjects.collectorRpc('alpha', method), INSPECT_RPC, {
        inspect: () => details,
      });
      await fixture.bus.flush();
      expect((await get(path)).body).toMatchObject({ name: 'web-1', details, detailsReason: null });
      served.unsubscribe();
    });

    it('streams samples as CSV, with nothing in it that a spreadsheet would run', async () => {
      const served = fixture.bus.serve('history', HISTORY_RPC, {
        range: ({ metrics }) => ({ series: Object.fromEntries(metrics.map((metric) => [metric, [[1000, 1, 2, 3]]])), resolutionMs: 1000 }) as never, // prettier-ignore
        recent: () => ({ metric: 'cpu', from: 0, resolutionMs: 1000, series: {} }),
      });
      await fixture.bus.flush();
      const path = `/api/v1/export/metrics.csv?metrics=cpu&containers=alpha.${containerIdOf(1)}`;
      const response = await fetched(path);
      expect(response.headers.get('content-type')).toContain('text/csv');
      expect((await response.text()).split('\r\n')).toEqual([
        'time,host,container,id,metric,min,avg,max',
        `1970-01-01T00:00:01.000Z,alpha,web-1,${containerIdOf(1)},cpu,1,2,3`,
        '',
      ]);
      expect((await get('/api/v1/export/metrics.csv?metrics=nonsense')).status).toBe(400);
      served.unsubscribe();
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
      expect((await get(`/api/v1/containers/alpha/${containerIdOf(1)}`)).body).toMatchObject({
        name: 'web-1',
        stats: { cpu: 3 },
      });
      expect((await get(`/api/v1/containers/Alpha/${containerIdOf(1)}`)).body.name).toBe('web-1');
      expect((await get(`/api/v1/containers/alpha/${containerIdOf(99)}`)).status).toBe(404);
    });

    it('answers 304 to who has it already', async () => {
      const first = await get('/api/v1/containers?sort=startedAt');
      const etag = String(first.headers['etag']);
      expect(etag).toMatch(/"/);
      expect((await get('/api/v1/containers?sort=startedAt', { 'if-none-match': etag })).status).toBe(304);
      fixture.bus.publish(subjects.stats('alpha'), sweep('alpha', 6000));
      await eventually(async () =>
        expect((await get('/api/v1/containers?sort=startedAt', { 'if-none-match': etag })).status).toBe(200),
      );
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
      await eventually(async () =>
        expect((await get('/api/v1/containers?host=demo')).body.items).toEqual([
          expect.objectContaining({ demo: true }),
        ]),
      );
      let stopped = 0;
      bus.subscribe(subjects.rpc('demo', 'stop'), (message) => {
        stopped += 1;
        message.respond({ ok: true, data: {} });
      });
      const client = await fixture.open();
      await client.subscribe(['containers', 'hosts'], { rateMs: 100 });
      expect((await call('DELETE', '/api/v1/hosts/demo')).status).toBe(204);
      expect(stopped).toBe(1);
      await client.next(
        'update',
        ({ topic, data }) => topic === 'containers' && data.items.some((item: { removed?: boolean }) => item.removed),
      );
      await client.next(
        'update',
        ({ topic, data }) => topic === 'hosts' && data.items.some((item: { removed?: boolean }) => item.removed),
      );
      expect(
        (await bus.jsm.streams.info('CONTAINERS', { subjects_filter: 'deckwatch.containers.demo.*' })).state.subjects ??
          {},
      ).toEqual({});
    });
  });

  describe('other services', () => {
    it('says 503 while they do not answer', async () => {
      const answer = await get('/api/v1/sessions/count');
      expect(answer.status).toBe(503);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.body).toMatchObject({
        type: 'about:blank',
        title: 'Service Unavailable',
        status: 503,
        detail: expect.any(String),
      });
    });

    it('passes on what they answer, and how they refuse', async () => {
      const { bus } = fixture;
      const missing = () => {
        throw new RpcFault(404, 'no such rule');
      };
      const alerts = bus.serve('alerts', ALERTS_RPC, {
        rules: () => ({ items: [aStoredRule()] }),
        rule: missing,
        saveRule: ({ rule }: { rule: object }) => aStoredRule(rule),
      } as never);
      await bus.flush();
      const sessions = bus.serve('sessions', SESSIONS_RPC, {
        count: () => aSessionCount(),
        ingest: ({ items }: { items: unknown[] }) => ({
          accepted: items.length - 1,
          rejected: [{ index: 0, message: 'no' }],
        }),
      } as never);
      await bus.flush();
      expect((await get('/api/v1/alert-rules')).body).toMatchObject({ items: [{ id: 'busy' }], total: 1 });
      expect((await get('/api/v1/alert-rules/nothing')).body).toMatchObject({ status: 404, detail: 'no such rule' });
      expect(await call('POST', '/api/v1/alert-rules', { body: aRule({ name: 'Mine' }) })).toMatchObject({
        status: 201,
        body: { name: 'Mine' },
      });
      expect((await get('/api/v1/sessions/count')).body).toMatchObject({ active: 1 });
      const body = [{ nonsense: true }, aSessionIngestItem({ id: 'a' }), aSessionIngestItem({ id: 'b' })];
      expect((await call('POST', '/api/v1/ingest/sessions', { body })).body).toEqual({
        accepted: 1,
        rejected: [
          { index: 0, message: expect.any(String) },
          { index: 1, message: 'no' },
        ],
      });
      alerts.unsubscribe();
      sessions.unsubscribe();
    });

    it('ends a session, or says why it was not ended', async () => {
      const why: Record<string, string | null> = {
        here: null,
        gone: 'no such session',
        kept: 'the source answered 500',
      };
      const served = fixture.bus.serve('sessions', SESSIONS_RPC, {
        revoke: ({ items }: { items: { app: string; id: string }[] }) => ({
          items: items.map(({ app, id }) => ({ app, id, revoked: why[id] === null, atSource: why[id] === null, why: why[id] })), // prettier-ignore
        }),
      } as never);
      await fixture.bus.flush();
      const end = (id: string) => call('DELETE', `/api/v1/sessions/shop/${id}`);
      const ended = { app: 'shop', id: 'here', revoked: true, atSource: true, why: null };
      const kept = { app: 'shop', id: 'kept', revoked: false, atSource: false, why: why['kept'] };
      expect(await end('here')).toMatchObject({ status: 200, body: ended });
      expect(await end('gone')).toMatchObject({ status: 404, body: { detail: 'not revoked: no such session' } });
      expect(await end('kept')).toMatchObject({ status: 409, body: { detail: `not revoked: ${why['kept']}` } });
      const body = { items: ['here', 'kept'].map((id) => ({ app: 'shop', id })) };
      expect(await call('POST', '/api/v1/sessions/bulk-delete', { body })).toMatchObject({ status: 200, body: { items: [ended, kept] } }); // prettier-ignore
      served.unsubscribe();
    });

    it('says who acknowledges and silences', async () => {
      const served = fixture.bus.serve('alerts', ALERTS_RPC, {
        ack: ({ id, by, note }: { id: string; by: string; note: string }) =>
          anAlertMessage({ id, change: 'ack', ack: { by, at: 1, note } }),
        silences: () => ({ items: [] }),
        saveSilence: ({ silence, by }: { silence: object; by: string }) => ({
          ...{ id: 's1', createdBy: by, createdAt: 1, startsAt: 1, timeZone: 'UTC', comment: '' },
          ...{ state: 'active', revision: 1, provisioned: false, ...silence },
        }),
      } as never);
      await fixture.bus.flush();
      const alert = '/api/v1/alerts/busy-alpha-0123456789ab-1';
      expect((await call('POST', `${alert}/ack`, { body: { note: 'on it' } })).body.ack).toEqual({ by: 'admin', at: 1, note: 'on it' }); // prettier-ignore
      const silence = { matchers: { rule: '*' }, endsAt: 9e12 };
      expect(await call('POST', '/api/v1/silences', { body: silence })).toMatchObject({ status: 201, body: { createdBy: 'admin' } }); // prettier-ignore
      expect((await get('/api/v1/silences')).body).toEqual({ items: [], nextCursor: null, total: 0 });
      expect(await call('POST', '/api/v1/silences', { body: { matchers: {}, endsAt: 9e12 } })).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'body.matchers', message: expect.stringContaining('silences everything') }] },
      });
      served.unsubscribe();
    });
  });
});
