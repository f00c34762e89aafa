import { API_PREFIX, ENDPOINTS, type Endpoint } from '@deckwatch/contracts';
import { describeWith } from '@deckwatch/testing';
import { useGateway } from '../fixture.ts';
import { callApi } from '../rest-client.ts';
import { ADMIN_PASSWORD } from '../tokens.ts';

const GUARDED = (Object.values(ENDPOINTS) as Endpoint[]).filter(({ role }) => role !== 'anyone');
const PATHS = GUARDED.map(({ method, path }) => ({ method, path: API_PREFIX + path.replace(/\{\w+\}/g, 'x') }));

describeWith('nats')('whoever spells a path in another way', () => {
  const fixture = useGateway();

  it.each<[string, (path: string) => string]>([
    ['in capitals', (path) => path.toUpperCase()],
    ['with a slash at its end', (path) => `${path}/`],
    ['with slashes doubled', (path) => path.replaceAll('/', '//')],
    ['by way of another folder', (path) => path.replace('/api', '/health/live/../../api')],
    ['with dots in it', (path) => path.replace('/v1', '/./v1')],
    ['with letters as numbers', (path) => path.replace('/api', '/%61pi')],
    ['with slashes as numbers', (path) => path.replace('/v1/', '/v1%2f')],
    ['with parameters in it', (path) => path.replace('/v1', '/v1;open=1')],
    ['with an end that looks like a file’s', (path) => `${path}/..%2f..%2f..%2findex.html`],
    ['with another host before it', (path) => `http://127.0.0.1/health/live${path}`],
  ])('%s gets nothing without a token', async (_, spelt) => {
    const ask = async ({ method, path }: (typeof PATHS)[number]) => {
      const body = ['get', 'delete'].includes(method) ? undefined : {};
      const headers = { authorization: undefined };
      return (await callApi(fixture.gateway.port, method.toUpperCase(), spelt(path), { body, headers })).status;
    };
    const statuses = new Set(await Promise.all(PATHS.map(ask)));
    expect([...statuses].filter((status) => ![400, 401, 404].includes(status))).toEqual([]);
  });

  it.each(['/API/v1/auth/login', '/api/V1/Auth/Login'])('%s is not where one signs in', async (path) => {
    const body = { username: 'admin', password: ADMIN_PASSWORD };
    const headers = { authorization: undefined };
    expect((await callApi(fixture.gateway.port, 'POST', path, { body, headers })).status).toBe(404);
  });

  it('nor does another method, by name or in a header, change what a request is', async () => {
    const { port } = fixture.gateway;
    const headers = { authorization: undefined, 'x-http-method-override': 'GET', 'x-method-override': 'DELETE' };
    for (const method of ['POST', 'PUT', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      expect([400, 401, 404]).toContain((await callApi(port, method, '/api/v1/users', { headers })).status);
    }
    expect((await callApi(port, 'HEAD', '/api/v1/users', { headers })).status).toBe(401);
  });
});
