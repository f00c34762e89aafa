import { recordingLog, VirtualClock } from '@deckwatch/testing';
import { Folder, v1 } from '../../test/cgroup-trees.ts';
import { FakeEngine, fullId, someFacts } from '../../test/fake-engine.ts';
import { isLocal } from './reader-choice.ts';
import { ReaderDesk } from './reader-desk.ts';
import { Watchlist } from './watchlist.ts';

describe('the choice of the reader', () => {
  let cgroup: Folder;
  const desks: ReaderDesk[] = [];
  beforeEach(() => (cgroup = new Folder(v1(`docker/${fullId('web')}`))));
  afterEach(() => {
    desks.splice(0).forEach((desk) => desk.close());
    cgroup.remove();
  });

  function setUp(reader: 'auto' | 'cgroup' | 'engine', intervalMs = 1000, root = cgroup.path) {
    const clock = new VirtualClock();
    const watchlist = new Watchlist('box');
    const log = recordingLog();
    const intervals: number[] = [];
    const desk = new ReaderDesk({
      settings: {
        DECKWATCH_READER: reader,
        DECKWATCH_INTERVAL_MS: intervalMs,
        DECKWATCH_CGROUP_ROOT: root,
        DECKWATCH_PROC_ROOT: '/proc',
      },
      engine: new FakeEngine(clock.now),
      watchlist,
      clock,
      log,
      steady: () => 0,
      size: () => ({ cpus: 1, memTotal: null }),
      onInterval: (ms) => intervals.push(ms),
      onGone: () => undefined,
    });
    desks.push(desk);
    return { desk, watchlist, log, clock, intervals };
  }

  it.each([
    ['auto', true, false, 'cgroup'],
    ['auto', false, false, 'engine'],
    ['engine', true, false, 'engine'],
    ['cgroup', false, false, 'cgroup'],
    ['auto', true, true, 'engine'],
    ['cgroup', true, true, 'engine'],
  ] as const)('%s, engine here: %s, simulated: %s, is %s', (setting, local, demo, kind) => {
    const { desk, watchlist } = setUp(setting);
    desk.engineUp(local, demo);
    expect(watchlist.reader?.kind).toBe(kind);
  });

  it('auto is the engine where no cgroups are mounted', () => {
    const { desk, watchlist } = setUp('auto', 1000, '/nowhere');
    desk.engineUp(true, false);
    expect(watchlist.reader?.kind).toBe('engine');
  });

  it('auto becomes the engine when running containers are not among the cgroups', async () => {
    const { desk, watchlist, clock } = setUp('auto');
    desk.engineUp(true, false);
    watchlist.running(someFacts({ id: fullId('in a virtual machine') }), true);
    await clock.advance(2000);
    expect(watchlist.reader?.kind).toBe('engine');
  });

  it('auto stays with the cgroups when a container that was not found has ended', async () => {
    const { desk, watchlist, clock } = setUp('auto');
    desk.engineUp(true, false);
    watchlist.running(someFacts({ id: fullId('short') }), true);
    watchlist.resting(fullId('short').slice(0, 12));
    await clock.advance(2000);
    expect(watchlist.reader?.kind).toBe('cgroup');
    watchlist.running(someFacts(), true);
    watchlist.running(someFacts({ id: fullId('short') }), true);
    await clock.advance(2000);
    expect(watchlist.reader?.kind).toBe('cgroup');
  });

  it('says so when cgroups are wanted and there are none', () => {
    const { desk, watchlist, log } = setUp('cgroup', 1000, '/nowhere');
    desk.engineUp(true, false);
    expect(watchlist.reader).toBeUndefined();
    expect(log.messages('error')).toEqual(['no cgroup hierarchy: no figures of containers']);
  });

  it('the engine cannot be asked more often than once a second, and it is said', () => {
    const { desk, log, intervals } = setUp('engine', 250);
    desk.engineUp(true, false);
    expect(intervals).toEqual([1000]);
    expect(log.messages('warn')).toEqual(['the engine reader cannot go below 1000 ms']);
  });

  it('files can be read four times a second', () => {
    const { desk, intervals } = setUp('auto', 250);
    desk.engineUp(true, false);
    expect(intervals).toEqual([250]);
  });
});

it.each([
  ['a socket and the same kernel', 'unix', '6.1', '6.1', true],
  ['a socket of a virtual machine', 'unix', '6.1-linuxkit', '6.1', false],
  ['a socket of an engine that hides its kernel', 'unix', null, '6.1', true],
  ['an address', 'tcp', '6.1', '6.1', false],
] as const)('an engine behind %s', (_, kind, theirs, ours, local) => {
  const address =
    kind === 'unix' ? ({ kind, socketPath: '/s' } as const) : ({ kind, host: 'h', port: 1, tls: null } as const);
  expect(isLocal(address, theirs, ours)).toBe(local);
});
