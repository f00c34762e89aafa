import { describeWith, eventually, startEngine } from '@deckwatch/testing';
import { BareClient } from './bare-client.ts';
import { Composition } from './composition.ts';

type Engine = Awaited<ReturnType<typeof startEngine>>;
type Item = { key?: string; state?: string; name?: string; id?: string };

const SERVICES = ['nats', 'redis', 'socket-proxy', 'collector', 'sessions', 'alerts', 'history', 'gateway'];
const PATIENCE = { timeoutMs: 60_000 };

describeWith('engine', 'compose')('the composition, built and started', () => {
  let engine: Engine;
  let stack: Composition;
  let token: string;

  beforeAll(async () => {
    engine = await startEngine();
    stack = await Composition.build(engine);
    await stack.up();
    token = await stack.accessToken();
  }, 300_000);
  afterAll(async () => {
    await stack?.down();
    await engine?.stop();
  }, 120_000);

  async function rest(method: string, path: string, body?: object): Promise<{ items: Item[] }> {
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(`${stack.url}/api/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) }); // prettier-ignore
    expect(answer.ok).toBe(true);
    return (await answer.json()) as { items: Item[] };
  }
  const startSession = (id: string) => rest('POST', '/ingest/sessions', { app: 'shop', id, user: 'ada', op: 'start' });

  it('has images of known sizes', async () => {
    const sizes = await stack.sizes();
    process.stdout.write(`${JSON.stringify(Object.fromEntries(Object.entries(sizes).map(([name, bytes]) => [name, `${Math.round(bytes / 1e6)} MB`])))}\n`); // prettier-ignore
    expect(Math.max(...Object.values(sizes))).toBeLessThan(300e6);
  });

  it('shows a container of the same engine, with figures from its cgroup files', async () => {
    const client = await BareClient.connect(stack.port, token);
    client.send('subscribe', { id: 1, topics: ['containers', 'stats', 'hosts'] });
    const container = await engine.docker.createContainer({ Image: 'busybox:local', name: 'busy', Cmd: ['sh', '-c', 'while :; do :; done'] }); // prettier-ignore
    await container.start();
    const id = container.id.slice(0, 12);
    await eventually(() => expect(client.seen('containers', (item: Item) => item.key?.endsWith(id) === true && item.state === 'running')).toBeDefined(), PATIENCE); // prettier-ignore
    await eventually(() => expect(client.seen('stats', (row: [string, number | null]) => row[0].endsWith(id) && (row[1] ?? 0) > 10)).toBeDefined(), PATIENCE); // prettier-ignore
    expect(JSON.stringify(client.of('hosts'))).toContain('"reader":"cgroup"');
    await container.remove({ force: true });
    client.close();
  });

  it('comes to be healthy, as the engine sees it', async () => {
    const healthy = async () => {
      const all = await engine.docker.listContainers();
      expect(all.map(({ Status }) => Status).filter((status) => !status.includes('(healthy)'))).toEqual([]);
    };
    await eventually(healthy, { timeoutMs: 90_000, everyMs: 500 });
  });

  it.each(SERVICES)('loses no session event to a client while %s starts anew', async (service) => {
    await startSession(`before-${service}`);
    let client = await BareClient.connect(stack.port, token);
    client.send('subscribe', { id: 1, topics: ['sessions.events'] });
    await eventually(
      () => expect(JSON.stringify(client.of('sessions.events'))).toContain(`before-${service}`),
      PATIENCE,
    );
    const { epoch, seq } = client.of('sessions.events').at(-1)!.data;
    await stack.compose('restart', '-t', '10', service);
    await stack.becomeReady();
    await eventually(() => startSession(`after-${service}`), { ...PATIENCE, everyMs: 500 });
    if (service === 'gateway') {
      client.close();
      client = await BareClient.connect(stack.port, token);
      client.send('subscribe', { id: 2, topics: ['sessions.events'], since: { 'sessions.events': { epoch, seq } } });
    }
    await eventually(
      () => expect(JSON.stringify(client.of('sessions.events'))).toContain(`after-${service}`),
      PATIENCE,
    );
    const events = client.of('sessions.events').filter(({ event, data }) => event === 'event' && data.seq! > seq!);
    // Each item names the one before it, from where the client stood.
    expect(events.map(({ data }) => data['prev'])).toEqual([seq, ...events.slice(0, -1).map(({ data }) => data.seq)]);
    client.close();
  });

  it('lets the collector look at the engine, and change nothing', async () => {
    const ask = (path: string, method = 'GET') =>
      stack.compose('exec', '-T', 'collector', 'node', '-e', `fetch('http://socket-proxy:2375${path}',{method:'${method}'}).then(r=>console.log(r.status))`); // prettier-ignore
    expect((await ask('/containers/json')).trim()).toBe('200');
    for (const path of ['/images/json', '/secrets', '/containers/busy/archive?path=/', '/containers/busy/export'])
      expect((await ask(path)).trim()).toBe('403');
    for (const path of ['/containers/create', '/containers/busy/kill'])
      expect((await ask(path, 'POST')).trim()).toBe('403');
  });
});
