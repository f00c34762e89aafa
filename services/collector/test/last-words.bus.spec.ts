import type { Bus } from '@deckwatch/bus';
import { LastWords, STREAMS, subjects } from '@deckwatch/contracts';
import { describeWith, eventually, startNats, testBus } from '@deckwatch/testing';
import { Folder, netDev, v1 } from './cgroup-trees.ts';
import { CollectorUnderTest } from './collector-under-test.ts';
import { FakeEngine, fullId } from './fake-engine.ts';

const WEB = fullId('web').slice(0, 12);

describeWith('nats')('last words on the bus', () => {
  let nats: Awaited<ReturnType<typeof startNats>>;
  let bus: Bus;

  beforeAll(async () => {
    nats = await startNats();
    bus = await testBus(nats);
  });
  afterAll(async () => {
    await bus.close();
    await nats.stop();
  });

  it('of a container that died are stored with its samples and its log', async () => {
    const cgroup = new Folder(v1(`docker/${fullId('web')}`));
    const proc = new Folder({
      stat: 'cpu 1 0 0 1\ncpu0 1 0 0 1\n',
      meminfo: 'MemTotal: 1000 kB\nMemAvailable: 500 kB\n',
    });
    const engine = new FakeEngine(Date.now);
    engine.create('web');
    engine.start('web');
    proc.write({ [`${engine.containers.get(fullId('web'))!.pid}/net/dev`]: netDev(0, 0) });
    engine.history.length = 0;
    engine.logs.set(WEB, 'listening\ntoken=abcdef0123456789 refused\n');
    const collector = await CollectorUnderTest.start(nats.url, engine, {
      DECKWATCH_HOST_NAME: 'one',
      DECKWATCH_INTERVAL_MS: 250,
      DECKWATCH_CGROUP_ROOT: cgroup.path,
      DECKWATCH_PROC_ROOT: proc.path,
    });
    let sweeps = 0;
    bus.subscribe(
      subjects.stats('one'),
      (message) => void ((message.json() as { rows: [] }).rows.length && (sweeps += 1)),
    );
    await eventually(() => expect(sweeps).toBeGreaterThan(2));
    engine.die('web', 3);
    const stored = (await eventually(async () => {
      const query = { last_by_subj: subjects.lastWords('one', WEB) };
      const message = await bus.jsm.streams.getMessage(STREAMS.LAST_WORDS.name, query).catch(() => null);
      return message ? LastWords.parse(message.json()) : false;
    })) as LastWords;
    expect(stored).toMatchObject({
      event: 'died',
      exitCode: 3,
      memPeak: 40_000_000,
      lines: ['listening', 'token=*** refused'],
      linesReason: null,
    });
    expect(stored.samples.length).toBeGreaterThan(1);
    await collector.stop();
    cgroup.remove();
    proc.remove();
  });
});
