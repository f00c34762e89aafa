import { openApiDocument, subjects } from '@deckwatch/contracts';
import { describeWith, eventually } from '@deckwatch/testing';
import { declaredRoutes } from '../src/auth/route-audit.ts';
import { CONTROLLERS } from '../src/rest/rest.module.ts';
import { useGateway } from './fixture.ts';
import { callApi } from './rest-client.ts';

describeWith('nats')('REST, described', () => {
  const fixture = useGateway();
  const get = (path: string) => callApi(fixture.gateway.port, 'GET', path);

  describe('documents', () => {
    it('describe every route that there is, and none that there is not', async () => {
      const { body } = await get('/api/openapi.json');
      expect(body).toEqual(JSON.parse(JSON.stringify(openApiDocument('0.0.0'))));
      const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method} ${path}`),
      );
      const declared = declaredRoutes(CONTROLLERS).map(
        ({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`,
      );
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
      return {
        status: response.status,
        ...((await response.json()) as { ready: boolean; parts: Record<string, string | null> }),
      };
    };
    expect(await ready()).toMatchObject({
      status: 503,
      ready: false,
      parts: { collector: expect.any(String), alerts: expect.any(String) },
    });
    const say = (service: string, isReady: boolean) =>
      fixture.bus.publish(subjects.service(service, 'x'), {
        v: 1,
        t: Date.now(),
        service,
        instance: 'x',
        version: '1',
        startedAt: 1,
        ready: isReady,
        parts: { redis: isReady ? null : 'away' },
        cpu: 1,
        rss: 1,
      });
    for (const service of ['collector', 'sessions', 'alerts', 'history']) say(service, true);
    await eventually(async () => expect(await ready()).toMatchObject({ status: 200, ready: true }));
    say('sessions', false);
    await eventually(async () =>
      expect(await ready()).toMatchObject({ status: 503, parts: { sessions: 'redis: away', collector: null } }),
    );
    const client = await fixture.open();
    await client.subscribe('system');
    const { items } = (await client.next('snapshot')).data['data'];
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: 'broker.redis', status: 'down' }),
        expect.objectContaining({ key: 'service.sessions.x', status: 'degraded' }),
      ]),
    );
  });
});
