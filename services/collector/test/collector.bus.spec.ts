import type { Log } from '@deckwatch/service-kit';
import { filters, HostReport, StatsSweep, subjects, type ContainerEvent, COLLECTOR_RPC } from '@deckwatch/contracts';
import type { Bus } from '@deckwatch/bus';
import { describeWith, eventually, recordingLog, startNats, testBus } from '@deckwatch/testing';
import { Folder, v1, netDev } from './cgroup-trees.ts';
import { CollectorUnderTest } from './collector-under-test.ts';
import { FakeEngine, fullId } from './fake-engine.ts';

type Nats = Awaited<ReturnType<typeof startNats>>;

describeWith('nats')('a collector on the bus', () => {
  let nats: Nats;
  let bus: Bus;
  let cgroup: Folder;
  let proc: Folder;
  const running: CollectorUnderTest[] = [];
  const brokers: Nats[] = [];

  beforeAll(async () => {
    nats = await startNats();
    bus = await testBus(nats);
  });
  afterAll(async () => {
    await bus.close();
    await nats.stop();
  });
  beforeEach(() => {
    cgroup = new Folder(v1(`docker/${fullId('web')}`));
    proc = new Folder({ stat: 'cpu 1 0 0 1\ncpu0 1 0 0 1\n', meminfo: 'MemTotal: 1000 kB\nMemAvailable: 500 kB\n' });
  });
  afterEach(async () => {
    for (const collector of running.splice(0)) await collector.stop();
    for (const broker of brokers.splice(0)) await broker.stop();
    cgroup.remove();
    proc.remove();
  });

  async function collector(host: string, engine: FakeEngine, url = nats.url, log?: Log): Promise<CollectorUnderTest> {
    const roots = { DECKWATCH_CGROUP_ROOT: cgroup.path, DECKWATCH_PROC_ROOT: proc.path };
    const settings = { DECKWATCH_HOST_NAME: host, DECKWATCH_INTERVAL_MS: 250, ...roots };
    const made = await CollectorUnderTest.start(url, engine, settings, log);
    running.push(made);
    return made;
  }

  function startedEngine(): FakeEngine {
    const engine = new FakeEngine(Date.now);
    engine.create('web');
    engine.start('web');
    const { pid } = engine.containers.get(fullId('web'))!;
    proc.write({ [`${pid}/net/dev`]: netDev(0, 0) });
    engine.history.length = 0; // long ago
    return engine;
  }

  const WEB = fullId('web').slice(0, 12);

  it('publishes sweeps, single samples and the host, and answers with the last sweep', async () => {
    const sweeps: StatsSweep[] = [];
    const samples: string[] = [];
    const hosts: HostReport[] = [];
    bus.listen(subjects.stats('one'), StatsSweep, (sweep) => sweeps.push(sweep));
    bus.subscribe('deckwatch.stats.one.*', ({ subject }) => samples.push(subject));
    bus.listen(subjects.host('one'), HostReport, (report) => hosts.push(report));
    const { host } = await collector('one', startedEngine());
    expect(host).toBe('one');
    const sweep = await eventually(() => sweeps.find(({ rows }) => rows.length === 1) ?? false);
    expect(sweep).toMatchObject({ host: 'one', intervalMs: 250, rows: [[WEB, 0, 40_000_000, null, 0, 0, 0, 0, 3]] });
    expect(samples).toContain(`deckwatch.stats.one.${WEB}`);
    await eventually(() =>
      expect(hosts.at(-1)).toMatchObject({ engine: 'up', reader: 'cgroup', containers: 1, running: 1, memPercent: 50 }),
    );
    const latest = await bus.call('collector.one', COLLECTOR_RPC, 'latest', {});
    expect(latest?.rows).toHaveLength(1);
  });

  it('stores what happens to containers, the last message being their state', async () => {
    const engine = new FakeEngine(Date.now);
    const { events } = await collector('two', engine);
    engine.create('web');
    await eventually(() => expect(events()).resolves.toEqual(['created']));
    engine.start('web');
    engine.die('web', 3);
    await eventually(() => expect(events()).resolves.toEqual(['created', 'started', 'died']));
    engine.remove('web');
    await eventually(() => expect(events()).resolves.toEqual(['created', 'started', 'died', 'removed']));
  });

  it('goes on from the stream after it was away, and tells each thing once', async () => {
    const engine = startedEngine();
    const first = await collector('three', engine);
    await eventually(() => expect(first.events()).resolves.toEqual(['seen']));
    await first.stop();
    engine.happen('web', 'kill');
    engine.die('web', 143);
    engine.start('web');
    engine.create('db');
    const second = await collector('three', engine);
    await eventually(() => expect(second.events()).resolves.toEqual(['seen', 'stopped', 'restarted']));
    await eventually(() => expect(second.events('db')).resolves.toEqual(['created']));
    await second.stop();
    const third = await collector('three', engine);
    engine.happen('web', 'oom');
    await eventually(() => expect(third.events()).resolves.toEqual(['seen', 'stopped', 'restarted', 'oom']));
    expect(await third.events('db')).toEqual(['created']);
  });

  it('shows the host and why there is no engine, and all else when one comes', async () => {
    const hosts: HostReport[] = [];
    bus.listen(subjects.host('four'), HostReport, (report) => hosts.push(report));
    const engine = startedEngine();
    engine.goAway();
    const { events } = await collector('four', engine);
    await eventually(() =>
      expect(hosts.at(-1)).toMatchObject({ engine: 'none', reader: null, containers: null, memTotal: 1000 * 1024 }),
    );
    expect(hosts.at(-1)!.engineReason).toMatch(/\S/);
    engine.comeBack();
    await eventually(
      () => expect(hosts.at(-1)).toMatchObject({ engine: 'up', reader: 'cgroup', running: 1, engineReason: null }),
      { timeoutMs: 10_000 },
    );
    engine.goAway();
    await eventually(() => expect(hosts.at(-1)).toMatchObject({ engine: 'away', running: 1 }));
    engine.comeBack();
    engine.die('web', 1);
    await eventually(() => expect(events()).resolves.toContain('died'), { timeoutMs: 10_000 });
  });

  it('says that a simulated engine is one, and reads what it says', async () => {
    const hosts: HostReport[] = [];
    bus.listen(subjects.host('demo'), HostReport, (report) => hosts.push(report));
    const engine = startedEngine();
    engine.engineInfo = { ...engine.engineInfo, labels: ['deckwatch.demo=true'] };
    await collector('demo', engine);
    await eventually(() =>
      expect(hosts.at(-1)).toMatchObject({
        demo: true,
        reader: 'engine',
        cpus: 4,
        memTotal: 8e9,
        intervalMs: 1000,
        cpu: 0,
      }),
    );
  });

  it('gives another engine of the same name a number', async () => {
    const other = new FakeEngine(Date.now);
    other.engineInfo = { ...other.engineInfo, id: 'ENGINE-2' };
    await collector('twin', startedEngine());
    expect((await collector('twin', other)).host).toBe('twin-2');
  });

  it('says again what the stream has lost', async () => {
    const { events, host } = await collector('lost', startedEngine());
    await eventually(() => expect(events()).resolves.toEqual(['seen']));
    await bus.jsm.streams.purge('CONTAINERS', { filter: filters.containersOf(host) });
    const second = await collector('lost', startedEngine());
    await eventually(() => expect(second.events()).resolves.toEqual(['seen']));
  });

  it('keeps inventory messages while the broker is away, drops figures, and goes on', async () => {
    const own = await startNats();
    brokers.push(own);
    const engine = new FakeEngine(Date.now);
    const made = await collector('away', engine, own.url);
    engine.create('web');
    await eventually(() => expect(made.events()).resolves.toEqual(['created']));
    await own.kill();
    await eventually(() => expect(made.bus.connected).toBe(false));
    engine.start('web');
    engine.die('web', 1);
    const before = made.bus.counters.dropped;
    await eventually(() => expect(made.bus.counters.dropped).toBeGreaterThan(before));
    await own.restart();
    await eventually(() => expect(made.events()).resolves.toEqual(['created', 'started', 'died']), {
      timeoutMs: 20_000,
    });
  }, 60_000);

  it('says what no longer stands in a stream that was made anew', async () => {
    const own = await startNats();
    brokers.push(own);
    const engine = startedEngine();
    const made = await collector('anew', engine, own.url);
    await eventually(() => expect(made.events()).resolves.toEqual(['seen']));
    const outside = await testBus(own);
    await outside.jsm.streams.delete('CONTAINERS');
    await outside.ensureStreams();
    await outside.close();
    engine.endStreams(); // looks at everything again, as after any break
    await eventually(() => expect(made.events()).resolves.toEqual(['seen']), { timeoutMs: 15_000 });
    engine.die('web', 1);
    await eventually(() => expect(made.events()).resolves.toEqual(['seen', 'died']));
  }, 60_000);

  it('stays quiet about all this, and closes whatever it opened', async () => {
    const log = recordingLog();
    const made = await collector('quiet', startedEngine(), nats.url, log);
    await eventually(() => expect(made.events()).resolves.toEqual(['seen']));
    await made.stop();
    expect(log.messages('error')).toEqual([]);
    expect(log.messages('warn')).toEqual([]);
  });

  it('messages are as the contract says', async () => {
    const stored: ContainerEvent[] = [];
    const engine = startedEngine();
    const made = await collector('exact', engine);
    engine.die('web', 137, 'exited', { oomKilled: true });
    await eventually(async () => expect((await made.messages()).length).toBe(2));
    stored.push(...(await made.messages()));
    expect(stored[1]).toMatchObject({
      v: 1,
      host: 'exact',
      id: WEB,
      state: 'exited',
      event: 'died',
      exitCode: 137,
      oomKilled: true,
      restarts: 0,
    });
  });
});
