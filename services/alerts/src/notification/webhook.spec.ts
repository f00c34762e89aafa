import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { AddressRefused } from './address-guard.ts';
import { postWebhook, signedHeaders } from './webhook.ts';

describe('a webhook', () => {
  let server: Server;
  let answer: RequestListener;
  let requests = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests += 1;
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const target = (over = {}) => ({ url: url(), secret: null, allowPrivate: true, ...over });
  const post = (over = {}, timeoutMs = 2000) => postWebhook(target(over), 'busy-1.1.on-call', '{"v":1}', { timeoutMs });

  it.each(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'any text of some length'])(
    'is signed so that the receiver can verify it: %s',
    async (secret) => {
      const verifier = secret.startsWith('whsec_')
        ? new Webhook(secret)
        : new Webhook(Buffer.from(secret), { format: 'raw' });
      let verified: unknown;
      answer = (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          verified = verifier.verify(Buffer.concat(chunks).toString(), request.headers as Record<string, string>);
          response.writeHead(200).end('thanks');
        });
      };
      expect(await post({ secret })).toEqual({ status: 200, answer: 'thanks', retryAfterMs: null });
      expect(verified).toEqual({ v: 1 });
    },
  );

  it('has the same id at every attempt, and no signature without a secret', () => {
    expect(signedHeaders('id', 'x', null, 1_000_500)).toEqual({ 'webhook-id': 'id', 'webhook-timestamp': '1000' });
  });

  it('does not follow redirects', async () => {
    requests = 0;
    answer = (_, response) => void response.writeHead(302, { location: url() }).end();
    expect((await post()).status).toBe(302);
    expect(requests).toBe(1);
  });

  it('reads no more of an endless answer than it shows', async () => {
    let written = 0;
    answer = (_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) written += 65_536;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    const { status, answer: text } = await post();
    expect([status, text.length]).toEqual([200, 4096]);
    expect(written).toBeLessThan(50_000_000);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['hangs', () => undefined, /no answer within 200 ms/],
    ['stops in the middle', (_, response) => void response.writeHead(200).write('x'), /no answer within 200 ms/],
    ['closes the socket', (request) => void request.socket.destroy(), /socket hang up/],
  ])('fails when the receiver %s', async (_name, listener, message) => {
    answer = listener;
    await expect(post({}, 200)).rejects.toThrow(message);
  });

  it('hears Retry-After, in seconds or as a date', async () => {
    answer = (_, response) => void response.writeHead(429, { 'retry-after': '30' }).end();
    expect((await post()).retryAfterMs).toBe(30_000);
    answer = (_, response) =>
      void response.writeHead(429, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }).end();
    expect((await post()).retryAfterMs).toBeGreaterThan(50_000);
  });

  it('reaches no private address unless that is allowed', async () => {
    requests = 0;
    await expect(post({ allowPrivate: false })).rejects.toThrow(AddressRefused);
    const rebound = postWebhook(
      target({ url: url().replace('127.0.0.1', 'hooks.example'), allowPrivate: false }),
      'id',
      '{}',
      {
        resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      },
    );
    await expect(rebound).rejects.toThrow(AddressRefused);
    expect(requests).toBe(0);
  });

  it('connects to the address that was checked, with the name in Host', async () => {
    let host: string | undefined;
    answer = (request, response) => {
      host = request.headers.host;
      response.writeHead(204).end();
    };
    const { port } = server.address() as AddressInfo;
    const named = target({ url: `http://hooks.example:${port}/` });
    await postWebhook(named, 'id', '{}', { resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    expect(host).toBe(`hooks.example:${port}`);
  });
});
