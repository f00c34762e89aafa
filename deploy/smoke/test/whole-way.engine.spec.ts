import { describeWith, eventually, startEngine, testBus } from '@deckwatch/testing';
import { BareClient } from './bare-client.ts';
import { Installation } from './installation.ts';

type Row = [key: string, ...figures: (number | null)[]];
type Item = { key?: string; id?: string; state?: string; event?: string; rule?: { id: string } };

const TOPICS = ['hosts', 'containers', 'stats', 'sessions.events', 'sessions.count', 'alerts', 'system'];

describeWith(
  'engine',
  'nats',
  'redis',
)('from a real container to a bare WebSocket', () => {
  let engine: Awaited<ReturnType<typeof startEngine>>;
  let all: Installation;
  let client: BareClient;

  beforeAll(async () => {
    engine = await startEngine();
    await engine.importBusybox();
    all = await Installation.start(engine.dockerHost);
  }, 180_000);
  afterAll(async () => {
    await all?.stop();
    await engine?.stop();
  }, 60_000);

  beforeEach(async () => {
    client = await BareClient.connect(all.port, await all.accessToken());
    client.send('subscribe', { id: 1, topics: TOPICS });
    await eventually(() => expect(client.of('stats')).not.toEqual([]));
  });
  afterEach(() => client.close());

  async function run(command: string) {
    const { docker } = engine;
    const container = await docker.createContainer({ Image: 'busybox:local', Cmd: ['sh', '-c', command] });
    const startedAt = Date.now();
    await container.start();
    return { container, key: `smoke.${container.id.slice(0, 12)}`, startedAt };
  }
  const arrival = (topic: string, fits: (item: never) => boolean, timeoutMs = 15_000) =>
    eventually(() => client.seen(topic, fits) ?? Promise.reject(new Error(`nothing on ${topic}`)), { timeoutMs });
  const figures = (key: string) => arrival('stats', (row: Row) => row[0] === key && row.length > 1);

  it('shows first figures within two seconds of the start, and the end within one', async () => {
    const { container, key, startedAt } = await run('trap exit TERM; while :; do :; done');
    expect((await figures(key)) - startedAt).toBeLessThan(2000);
    const killedAt = Date.now();
    await container.kill();
    const ended = await arrival('containers', (item: Item) => item.key === key && item.state === 'exited');
    const gone = await arrival('stats', (row: Row) => row[0] === key && row.length === 1);
    expect(Math.min(ended, gone) - killedAt).toBeLessThan(1000);
  });

  it('tells of a container that died, once', async () => {
    const { key } = await run('sleep 0.5; exit 3');
    const mine = (item: Item) => item.rule !== undefined && JSON.stringify(item).includes(key);
    await arrival('alerts', (item: Item & { state: string }) => mine(item) && item.state === 'firing');
    const firing = client
      .of('alerts')
      .filter(({ data }) => mine(data.data as Item) && (data.data as Item).state === 'firing');
    expect(firing).toHaveLength(1);
  });

  it('tells of a session as it begins, with the count after it', async () => {
    const bus = await testBus(all.nats);
    const answer = await bus.request('deckwatch.ingest.sessions.shop', { id: 's-1', user: 'ada', op: 'start' });
    await bus.close();
    expect(answer).toEqual({ ok: true });
    await arrival('sessions.events', (item: Item & { active?: number }) => item.id === 's-1' && item.active === 1);
    await arrival('sessions.count', ({ byApp }: { byApp: Record<string, number> }) => byApp['shop'] === 1);
  });

  it('goes on by itself when NATS was killed and started again', async () => {
    const { key } = await run('while :; do sleep 1; done');
    await figures(key);
    await all.nats.kill();
    await all.nats.restart();
    const since = Date.now();
    const fresh = () => client.of('stats').some(({ at, event }) => event === 'update' && at > since);
    await eventually(() => expect(fresh()).toBe(true), { timeoutMs: 15_000 });
    await all.becomeReady();
  });

  it('replays what a client missed while its gateway was killed', async () => {
    await run('exit 4');
    await arrival('alerts', (item: Item) => item.rule !== undefined);
    const { epoch, seq } = client.of('alerts').at(-1)!.data;
    await all.kill('gateway');
    const { key } = await run('exit 5');
    all.launch('gateway');
    await all.becomeReady();
    client.close();
    client = await BareClient.connect(all.port, await all.accessToken());
    client.send('subscribe', { id: 2, topics: ['alerts'], since: { alerts: { epoch, seq } } });
    await eventually(() => expect(JSON.stringify(client.of('alerts'))).toContain(key), { timeoutMs: 15_000 });
    const answer = client.frames.find(({ event }) => event === 'subscribed')!.data as {
      topics: { recovered: boolean }[];
    };
    expect(answer.topics[0]!.recovered).toBe(true);
    const seqs = client.of('alerts').map(({ data }) => [data['prev'], data.seq]);
    expect(seqs[0]![0]).toBe(seq);
    seqs.slice(1).forEach(([prev], index) => expect(prev).toBe(seqs[index]![1]));
  });
});
