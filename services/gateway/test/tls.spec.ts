import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, selfSigned, startNats, type NatsServer } from '@deckwatch/testing';
import { WebSocket } from 'ws';
import { startGateway, type RunningGateway } from './harness.ts';
import { ADMIN_PASSWORD } from './tokens.ts';

describeWith('nats')('a door that speaks TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deckwatch-tls-'));
  const { cert, key } = selfSigned('localhost');
  let nats: NatsServer;
  let gateway: RunningGateway;
  beforeAll(async () => {
    const files = { DECKWATCH_TLS_CERT: join(folder, 'cert.pem'), DECKWATCH_TLS_KEY: join(folder, 'key.pem') };
    writeFileSync(files.DECKWATCH_TLS_CERT, cert);
    writeFileSync(files.DECKWATCH_TLS_KEY, key);
    nats = await startNats();
    gateway = await startGateway(nats, { env: files, anonymous: true });
  });
  afterAll(async () => {
    await gateway.stop();
    await nats.stop();
    rmSync(folder, { recursive: true });
  });

  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: object) =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
      const options = { host: '127.0.0.1', servername: 'localhost', port: gateway.port, ca: cert, method, path };
      const asked = request({ ...options, headers: { 'content-type': 'application/json', ...headers } }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode!, headers: answer.headers });
      });
      asked.on('error', reject);
      asked.end(body && JSON.stringify(body));
    });

  it('answers by https, for good', async () => {
    const { status, headers } = await ask('GET', '/health/live');
    expect(status).toBe(200);
    expect(headers['strict-transport-security']).toContain('max-age=');
  });

  it('gives cookies to https alone, and lets in pages of its own origin', async () => {
    const origin = `https://127.0.0.1:${gateway.port}`;
    const body = { username: 'admin', password: ADMIN_PASSWORD };
    const { status, headers } = await ask('POST', '/api/v1/auth/login', { origin }, body);
    expect(status).toBe(200);
    const cookies = [headers['set-cookie']].flat().map(String);
    expect(cookies).toHaveLength(2);
    expect(cookies.every((cookie) => cookie.includes('; Secure'))).toBe(true);
    const socket = new WebSocket(`wss://127.0.0.1:${gateway.port}/ws`, {
      agent: new Agent({ ca: cert, servername: 'localhost' }),
      headers: { origin, cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') },
    });
    socket.on('open', () => socket.send(JSON.stringify({ event: 'hello', data: { protocol: 1 } })));
    const [first] = await new Promise<[string]>((resolve, reject) => {
      socket.on('message', (data) => resolve([String(data)]));
      socket.on('error', reject);
    });
    expect(JSON.parse(first)).toMatchObject({ event: 'welcome', data: { user: { name: 'admin' } } });
    socket.terminate();
  });

  it('takes the same page by http for another', async () => {
    const body = { username: 'admin', password: ADMIN_PASSWORD };
    const { status } = await ask('POST', '/api/v1/auth/login', { origin: `http://127.0.0.1:${gateway.port}` }, body);
    expect(status).toBe(403);
  });
});
