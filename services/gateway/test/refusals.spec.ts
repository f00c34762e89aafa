import { describeWith } from '@deckwatch/testing';
import { useGateway } from './fixture.ts';
import { callApi, type CallOptions } from './rest-client.ts';

describeWith('nats')('REST, refusing', () => {
  const fixture = useGateway({ env: { DECKWATCH_PUBLIC_ORIGINS: 'https://deck.example' } });
  const call = (method: string, path: string, options?: CallOptions) =>
    callApi(fixture.gateway.port, method, path, options);
  const get = (path: string, headers?: Record<string, string>) => call('GET', path, { headers });

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
      expect(answer.body).toEqual(
        expect.objectContaining({ type: 'about:blank', title: expect.any(String), status, detail: expect.any(String) }),
      );
    });

    it('names each wrong field', async () => {
      const { body } = await call('POST', '/api/v1/alert-rules', {
        body: { name: '', target: 'moon', condition: { metric: 'cpu', op: '>', value: 1 } },
      });
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
      ['Forwarded', 'GET', '/api/v1/hosts', { forwarded: 'for=1.2.3.4' }, 200],
      ['X-Forwarded-Proto', 'GET', '/api/v1/hosts', { 'x-forwarded-proto': 'https' }, 200],
      ['Via', 'GET', '/api/v1/hosts', { via: '1.1 proxy' }, 200],
      ['nobody, for metrics', 'GET', '/metrics', { authorization: undefined }, 200],
      ['nobody', 'GET', '/api/v1/hosts', { authorization: undefined }, 401],
      ['a listed host', 'GET', '/api/v1/hosts', { host: 'deck.example' }, 200],
    ])('answers %s', async (_, method, path, headers: Record<string, string | undefined>, status) => {
      expect(
        (await call(method, path, { headers: headers as Record<string, string>, ...(method === 'PUT' && flag) }))
          .status,
      ).toBe(status);
    });

    it('shows no header that tells what it is made of, and none that lets others in', async () => {
      const { headers } = await get('/api/v1/hosts', { origin: 'https://evil.example' });
      expect(Object.keys(headers).filter((name) => /powered|^access-control/.test(name))).toEqual([]);
    });
  });
});
