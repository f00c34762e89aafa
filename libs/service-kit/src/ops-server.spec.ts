import { Metrics } from './metrics.ts';
import { OpsServer } from './ops-server.ts';
import { Parts } from './parts.ts';
import { Usage } from './usage.ts';
import { VERSION } from './version.ts';

describe('health and metrics', () => {
  const parts = new Parts();
  const server = new OpsServer(parts, new Metrics('history', new Usage()));
  let base: string;

  beforeAll(async () => {
    base = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
  });
  afterAll(() => server.close());

  it('say which part is down', async () => {
    parts.set('nats', 'not connected');
    const down = await fetch(`${base}/health/ready`);
    expect(down.status).toBe(503);
    expect(await down.json()).toEqual({ ready: false, parts: { nats: 'not connected' } });
    parts.set('nats', null);
    expect((await fetch(`${base}/health/ready`)).status).toBe(200);
  });

  it('are alive without being ready', async () => {
    parts.set('nats', 'not connected');
    expect((await fetch(`${base}/health/live`)).status).toBe(200);
  });

  it('are in the form that Prometheus reads', async () => {
    const text = await (await fetch(`${base}/metrics`)).text();
    expect(text).toMatch(/^deckwatch_process_resident_bytes\{service="history"\} \d+$/m);
    expect(text).toMatch(new RegExp(`^deckwatch_build_info{version="${VERSION}",service="history"} 1$`, 'm'));
  });

  it('serve nothing else', async () => {
    expect((await fetch(`${base}/etc/passwd`)).status).toBe(404);
    expect((await fetch(`${base}/metrics`, { method: 'POST' })).status).toBe(404);
  });
});
