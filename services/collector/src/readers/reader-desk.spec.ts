import { recordingLog, VirtualClock } from '@deckwatch/testing';
import { Folder, v1 } from '../../test/cgroup-trees.ts';
import { FakeEngine, fullId, someFacts } from '../../test/fake-engine.ts';
import { locality } from './reader-choice.ts';
import { EngineReader } from './engine/engine-reader.ts';
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
    const confirmed = { times: 0 };
    const engine = new FakeEngine(clock.now);
    const size = () => ({ cpus: 1, memTotal: null });
    const desk = new ReaderDesk({
      settings: {
        DECKWATCH_READER: reader,
        DECKWATCH_INTERVAL_MS: intervalMs,
        DECKWATCH_CGROUP_ROOT: root,
        DECKWATCH_PROC_ROOT: '/proc',
      },
      engineReader: (intervalMs) => new EngineReader({ engine, intervalMs, steady: () => 0, size, log }),
      watchlist,
      clock,
      log,
      steady: () => 0,
      onInterval: (ms) => intervals.push(ms),
      onGone: () => undefined,
      onFound: () => (confirmed.times += 1),
    });
    desks.push(desk);
    return { desk, watchlist, log, clock, intervals, confirmed };
  }

  it.each([
    ['auto', 'here', false, 'cgroup'],
    ['auto', 'elsewhere', false, 'engine'],
    ['auto', 'perhaps', false, 'cgroup'],
    ['engine', 'here', false, 'engine'],
    ['cgroup', 'elsewhere', false, 'cgroup'],
    ['auto', 'here', true, 'engine'],
    ['cgroup', 'here', true, 'engine'],
  ] as const)('%s, engine %s, simulated: %s, is %s', (setting, where, demo, kind) => {
    const { desk, watchlist } = setUp(setting);
    desk.engineUp(where, demo);
    expect(watchlist.reader?.kind).toBe(kind);
  });

  it('auto is the engine where no cgroups are mounted', () => {
    const { desk, watchlist } = setUp('auto', 1000, '/nowhere');
    desk.engineUp('here', false);
    expect(watchlist.reader?.kind).toBe('engine');
  });

  it('auto becomes the engine when running containers are not among the cgroups', async () => {
    const { desk, watchlist, clock } = setUp('auto');
    desk.engineUp('here', false);
    watchlist.running(someFacts({ id: fullId('in a virtual machine') }), true);
    await clock.advance(2000);
    expect(watchlist.reader?.kind).toBe('engine');
  });

  it('an engine behind an address is here once one of its containers is found, told once', () => {
    const { desk, watchlist, confirmed } = setUp('auto');
    desk.engineUp('perhaps', false);
    expect([desk.foundHere, confirmed.times]).toEqual([false, 0]);
    watchlist.running(someFacts({ id: fullId('web') }), true);
    watchlist.running(someFacts({ id: fullId('web') }), true);
    expect([desk.foundHere, confirmed.times]).toEqual([true, 1]);
  });

  it('an engine behind an address whose containers are not found stays elsewhere, and it is said', async () => {
    const { desk, watchlist, clock, log, confirmed } = setUp('auto');
    desk.engineUp('perhaps', false);
    watchlist.running(someFacts({ id: fullId('on a twin') }), true);
    await clock.advance(2000);
    expect([watchlist.reader?.kind, desk.foundHere, confirmed.times]).toEqual(['engine', false, 0]);
    expect(log.messages('warn')).toEqual(['the containers are not in the cgroups of this machine']);
  });

  it('auto stays with the cgroups when a container that was not found has ended', async () => {
    const { desk, watchlist, clock } = setUp('auto');
    desk.engineUp('here', false);
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
    desk.engineUp('here', false);
    expect(watchlist.reader).toBeUndefined();
    expect(log.messages('error')).toEqual(['no cgroup hierarchy: no figures of containers']);
  });

  it('the engine cannot be asked more often than once a second, and it is said', () => {
    const { desk, log, intervals } = setUp('engine', 250);
    desk.engineUp('here', false);
    expect(intervals).toEqual([1000]);
    expect(log.messages('warn')).toEqual(['the engine reader cannot go below 1000 ms']);
  });

  it('files can be read four times a second', () => {
    const { desk, intervals } = setUp('auto', 250);
    desk.engineUp('here', false);
    expect(intervals).toEqual([250]);
  });
});

it.each([
  ['a socket and the same kernel', 'unix', '6.1', '6.1', 'here'],
  ['a socket of a virtual machine', 'unix', '6.1-linuxkit', '6.1', 'elsewhere'],
  ['a socket of an engine that hides its kernel', 'unix', null, '6.1', 'here'],
  ['an address and the same kernel', 'tcp', '6.1', '6.1', 'perhaps'],
  ['an address and another kernel', 'tcp', '6.2', '6.1', 'elsewhere'],
  ['an address that hides its kernel', 'tcp', null, '6.1', 'elsewhere'],
] as const)('an engine behind %s', (_, kind, theirs, ours, where) => {
  const address =
    kind === 'unix' ? ({ kind, socketPath: '/s' } as const) : ({ kind, host: 'h', port: 1, tls: null } as const);
  expect(locality(address, theirs, ours)).toBe(where);
});
