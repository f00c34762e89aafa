import { describeWith, eventually } from '@deckwatch/testing';
import { RealHost } from './real-host.ts';

const FOREVER = 'trap "exit 0" TERM; while :; do sleep 0.2; done';
const SOON = { timeoutMs: 30_000 };

describeWith('engine', 'nats')('an engine that ends and starts again', () => {
  let host: RealHost;

  beforeAll(async () => {
    host = await RealHost.start();
  }, 120_000);
  afterAll(() => host?.stop(), 60_000);
  afterEach(() => host.unwatch());

  const report = () => host.reports.at(-1);
  const exits = (container: { id: string }) =>
    host.events(container).filter((event) => ['stopped', 'died'].includes(event));

  it('on purpose: the host stays, each exit is told once, and all goes on', async () => {
    await host.watch();
    const once = await host.run('once', FOREVER);
    const always = await host.run('always', FOREVER, { HostConfig: { RestartPolicy: { Name: 'always' } } });
    await eventually(
      () => expect(report()).toMatchObject({ engine: 'up', reader: 'cgroup', running: 2, engineReason: null }),
      SOON,
    );
    await host.engine.halt();
    await eventually(
      () => expect(report()).toMatchObject({ engine: 'away', cpus: expect.any(Number) as number }),
      SOON,
    );
    await eventually(() => expect(report()?.engineReason).toMatch(/(systemctl|service) /), SOON);
    await host.engine.restart();
    await eventually(() => expect(report()).toMatchObject({ engine: 'up', running: 1 }), SOON);
    await eventually(
      () => expect(host.messages(always).at(-1)).toMatchObject({ event: 'restarted', state: 'running', restarts: 1 }),
      SOON,
    );
    expect([exits(once).length, exits(always).length]).toEqual([1, 1]);
    const back = Date.now();
    await eventually(() => expect(host.rows.get(always.id.slice(0, 12))!.last).toBeGreaterThan(back), SOON);
    expect(report()!.cost.engineCpu).not.toBeUndefined();
  }, 120_000);

  it('by a kill', async () => {
    await host.watch();
    const container = await host.run('survivor', FOREVER);
    await eventually(() => expect(host.events(container)).toContain('started'), SOON);
    await host.engine.kill();
    await eventually(() => expect(report()?.engine).toBe('away'), SOON);
    await host.engine.restart();
    await eventually(() => expect(report()?.engine).toBe('up'), SOON);
    await eventually(() => expect(exits(container)).toHaveLength(1), SOON);
  }, 120_000);

  it('while nobody watches: what happened meanwhile is told afterwards', async () => {
    await host.watch();
    const stopped = await host.run('meanwhile', FOREVER);
    const removed = await host.run('vanishing', FOREVER);
    await eventually(() => expect(host.events(removed)).toContain('started'), SOON);
    await host.unwatch();
    await stopped.kill();
    await removed.remove({ force: true });
    const fresh = await host.run('fresh', FOREVER);
    await host.watch();
    await eventually(() => expect(host.events(stopped)).toEqual(['created', 'started', 'stopped']), SOON);
    await eventually(() => expect(host.events(removed)).toEqual(['created', 'started', 'stopped', 'removed']), SOON);
    await eventually(() => expect(host.events(fresh)).toEqual(['created', 'started']), SOON);
  }, 60_000);

  it('seen by the stats API: figures come and end with the containers', async () => {
    await host.watch({ DECKWATCH_READER: 'engine', DECKWATCH_INTERVAL_MS: 250 });
    await eventually(() => expect(report()).toMatchObject({ reader: 'engine', intervalMs: 1000 }), SOON);
    const container = await host.create('by-api', 'while :; do :; done');
    await container.start();
    const started = Date.now();
    const id = container.id.slice(0, 12);
    const first = await host.firstRow(id);
    process.stdout.write(`first figures by the stats API ${first - started} ms after the start\n`);
    await eventually(() => expect(host.rows.get(id)!.latest[0]).toBeGreaterThan(5), SOON);
    await container.kill();
    await eventually(() => expect(exits(container)).toEqual(['stopped']), SOON);
    const ended = Date.now();
    await eventually(() => expect(host.reports.filter(({ t }) => t > ended).length).toBeGreaterThan(1), SOON);
    expect(host.rows.get(id)!.last).toBeLessThan(ended + 1000);
  }, 60_000);
});
