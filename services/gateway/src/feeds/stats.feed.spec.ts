import type { BusMessage } from '@deckwatch/bus';
import { VirtualClock, aStatsRow, aStatsSweep, containerIdOf } from '@deckwatch/testing';
import { StatsBoard } from '../topics/stats-board.ts';
import { StatsFeed, readSweep } from './stats.feed.ts';

function setUp(hosts = ['alpha', 'beta']) {
  const clock = new VirtualClock(1_000_000);
  const board = new StatsBoard(clock.now);
  const handlers = new Map<string, (message: BusMessage) => void>();
  const asked: string[] = [];
  let answer: (host: string) => unknown = () => null;
  const bus = {
    subscribe: (subject: string, handler: (message: BusMessage) => void) => {
      handlers.set(subject, handler);
      return { unsubscribe: () => handlers.delete(subject) };
    },
    call: (prefix: (method: string) => string) => {
      const host = prefix('latest').split('.')[3]!;
      asked.push(host);
      return Promise.resolve(answer(host));
    },
  };
  const feed = new StatsFeed({ bus: bus as never, board, clock, knownHosts: () => hosts });
  const send = (subject: string, message: unknown) =>
    handlers.get(subject)?.({ subject, json: () => message } as BusMessage);
  return {
    clock,
    board,
    feed,
    hosts,
    asked,
    send,
    subjects: () => [...handlers.keys()].sort(),
    answerWith: (next: typeof answer) => (answer = next),
  };
}

describe('StatsFeed', () => {
  it('follows one host for one host, all by one subscription, and nothing unasked', () => {
    const { feed, subjects } = setUp();
    expect(subjects()).toEqual([]);
    feed.hold(['alpha']);
    expect(subjects()).toEqual(['deckwatch.stats.alpha']);
    feed.hold('all');
    expect(subjects()).toEqual(['deckwatch.stats.*']);
  });

  it('leaves the bus some seconds after the last watcher leaves, not when one comes back meanwhile', async () => {
    const { clock, feed, subjects } = setUp();
    const leave = feed.hold(['alpha']);
    leave();
    await clock.advance(4000);
    const leaveAgain = feed.hold(['alpha']);
    await clock.advance(60_000);
    expect(subjects()).toEqual(['deckwatch.stats.alpha']);
    leaveAgain();
    leaveAgain();
    await clock.advance(5001);
    expect(subjects()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('goes from all back to what is left', async () => {
    const { clock, feed, subjects } = setUp();
    feed.hold(['beta']);
    feed.hold('all')();
    await clock.advance(6000);
    expect(subjects()).toEqual(['deckwatch.stats.beta']);
  });

  it('asks each collector for its last sweep when somebody begins to look, and waits for it a moment', async () => {
    const { clock, board, feed, asked, answerWith } = setUp();
    answerWith((host) => aStatsSweep({ host, t: 5 }));
    feed.hold('all');
    expect([board.awaits('alpha'), board.awaits('beta')]).toEqual([true, true]);
    await clock.advance(1);
    expect([asked, board.awaitsAny, board.hosts.size]).toEqual([['alpha', 'beta'], false, 2]);
    feed.hold('all');
    expect(asked).toHaveLength(2);
  });

  it('waits no longer than a moment for a collector that does not answer', async () => {
    const { clock, board, feed, answerWith } = setUp();
    answerWith(() => new Promise(() => undefined));
    feed.hold(['alpha']);
    await clock.advance(399);
    expect(board.awaits('alpha')).toBe(true);
    await clock.advance(1);
    expect(board.awaits('alpha')).toBe(false);
  });

  it('does not follow names that nobody reports under, until somebody does', async () => {
    const { clock, feed, hosts, subjects } = setUp();
    for (let n = 0; n < 1000; n += 1) feed.hold([`nobody-${n}`])();
    expect([subjects(), clock.pending]).toEqual([[], 0]);
    feed.hold(['gamma']);
    hosts.push('gamma');
    feed.hostAppeared('gamma');
    expect(subjects()).toEqual(['deckwatch.stats.gamma']);
  });

  it('keeps no figures that nobody keeps fresh', async () => {
    const { clock, board, feed, send } = setUp();
    const leave = feed.hold('all');
    send('deckwatch.stats.alpha', undefined);
    send('deckwatch.stats.*', undefined);
    board.accept(aStatsSweep());
    leave();
    await clock.advance(6000);
    expect(board.hosts.get('alpha')!.rows.size).toBe(0);
  });

  it('refuses what is no sweep, and a sweep under a foreign subject', () => {
    const { board, feed, send } = setUp();
    feed.hold(['alpha']);
    send('deckwatch.stats.alpha', { v: 1 });
    send('deckwatch.stats.alpha', aStatsSweep({ host: 'beta' }));
    expect([feed.counters.refused, board.hosts.size]).toEqual([2, 0]);
    send('deckwatch.stats.alpha', aStatsSweep());
    expect(board.hosts.size).toBe(1);
  });

  it('keeps looking for a client that polls, until it does not', async () => {
    const { clock, feed, subjects } = setUp();
    for (let n = 0; n < 10; n += 1) {
      const visit = feed.visit('all', 30_000);
      await clock.advance(20_000);
      await visit;
    }
    expect([subjects(), clock.pending]).toEqual([['deckwatch.stats.*'], 1]);
    await clock.advance(40_000);
    expect([subjects(), clock.pending]).toEqual([[], 0]);
  });
});

describe('readSweep', () => {
  it('brings other columns into the usual order', () => {
    const sweep = readSweep({
      ...aStatsSweep(),
      cols: ['pids', 'cpu', 'later'],
      rows: [[containerIdOf(1), 7, 1.5, 9]],
    });
    expect(sweep!.rows).toEqual([[containerIdOf(1), 1.5, null, null, null, null, null, null, 7]]);
  });

  it('takes the usual ones as they are', () => {
    const sweep = aStatsSweep({ rows: [aStatsRow()] as never });
    expect(readSweep(sweep)).toBe(sweep);
  });
});
