import fc from 'fast-check';
import { VirtualClock, aStatsRow, aStatsSweep, containerIdOf } from '@deckwatch/testing';
import type { StatsSweep } from '@deckwatch/contracts';
import type { StateSource } from './state-source.ts';
import { StatsBoard } from './stats-board.ts';
import { AllStats, ChosenStats, HostStats } from './stats-views.ts';

const sweep = (t: number, cpus: Record<number, number>, host = 'alpha'): StatsSweep =>
  aStatsSweep({
    t,
    host,
    rows: Object.entries(cpus).map(([n, cpu]) => aStatsRow(containerIdOf(Number(n)), { cpu })) as StatsSweep['rows'],
  });
const rowsOf = (data: string): [string, number | undefined][] =>
  (JSON.parse(data) as { rows: [string, number?][] }).rows.map(([key, cpu]) => [key.replace(/\.0+/, '.'), cpu]);
const setUp = () => {
  const clock = new VirtualClock(1_000_000);
  return { clock, board: new StatsBoard(clock.now) };
};

describe('StatsBoard', () => {
  it('tells changed rows complete, leaves unchanged ones out, and names those that are gone', () => {
    const { board } = setUp();
    const view = new HostStats(board, 'alpha');
    board.accept(sweep(1, { 1: 10, 2: 20, 3: 30 }));
    const seen = view.version;
    board.accept(sweep(2, { 1: 10, 2: 25 }));
    const piece = view.since(seen)!;
    expect(rowsOf(piece.data)).toEqual([['alpha.2', 25], ['alpha.3', undefined]]); // prettier-ignore
    expect(JSON.parse(piece.data)).toMatchObject({
      t: 2,
      cols: ['cpu', 'mem', 'memLimit', 'rx', 'tx', 'rd', 'wr', 'pids'],
    });
    expect(piece.count).toBe(2);
  });

  it('fills a short row with unknowns and refuses ids that are none', () => {
    const { board } = setUp();
    const rows = [['0123456789ab', 1.5, null], ['"],["0123456', 1]] as never; // prettier-ignore
    board.accept(aStatsSweep({ t: 1, rows }));
    expect(new AllStats(board).snapshot().data).toContain(
      '"rows":[["alpha.0123456789ab",1.5,null,null,null,null,null,null,null]]',
    );
  });

  it('is not set back by an older sweep, but follows a clock that was', async () => {
    const { clock, board } = setUp();
    board.accept(sweep(100, { 1: 1 }));
    expect(board.accept(sweep(90, { 1: 2 }))).toBe(false);
    await clock.advance(11_000);
    expect(board.accept(sweep(50, { 1: 3 }))).toBe(true);
  });

  it('goes by its own clock where a host is ahead, and takes its later sweeps all the same', () => {
    const { board } = setUp();
    board.accept(sweep(5_000_000, { 1: 1 }, 'ahead'));
    board.accept(sweep(999_000, { 1: 1 }));
    const timeOf = (view: StateSource) => (JSON.parse(view.snapshot()!.data) as { t: number }).t;
    expect(timeOf(new AllStats(board))).toBe(1_000_000);
    expect(timeOf(new HostStats(board, 'alpha'))).toBe(999_000);
    expect(board.accept(sweep(5_001_000, { 1: 2 }, 'ahead'))).toBe(true);
  });

  it('drops the row of a container that ended at once, whatever a sweep from before says', () => {
    const { board } = setUp();
    const view = new AllStats(board);
    board.accept(sweep(1000, { 1: 10, 2: 20 }));
    const seen = view.version;
    board.end('alpha', containerIdOf(1), 1500);
    board.accept(sweep(1400, { 1: 11, 2: 20 }));
    expect(rowsOf(view.since(seen)!.data)).toEqual([['alpha.1', undefined]]);
    board.revive('alpha', containerIdOf(1));
    board.accept(sweep(2400, { 1: 1, 2: 20 }));
    expect(rowsOf(view.snapshot().data)).toEqual([['alpha.2', 20], ['alpha.1', 1]]); // prettier-ignore
  });

  it('drops all rows of a host that is down', () => {
    const { board } = setUp();
    board.accept(sweep(1, { 1: 10 }));
    board.accept(sweep(1, { 2: 10 }, 'beta'));
    board.endHost('alpha');
    expect(rowsOf(new AllStats(board).snapshot().data)).toEqual([['beta.2', 10]]);
  });

  it('wakes those who look at the host, and those who look at all', () => {
    const { board } = setUp();
    const woken: string[] = [];
    new HostStats(board, 'alpha').watch(() => woken.push('alpha'));
    new HostStats(board, 'beta').watch(() => woken.push('beta'));
    const stop = new AllStats(board).watch(() => woken.push('all'));
    board.accept(sweep(1, { 1: 10 }));
    stop();
    board.accept(sweep(2, { 1: 10 }));
    expect(woken).toEqual(['alpha', 'all', 'alpha']);
  });

  it('shows every view the same truth: snapshot or snapshot and updates', () => {
    const step = fc.record({
      host: fc.constantFrom('alpha', 'beta'),
      cpus: fc.dictionary(fc.constantFrom('1', '2', '3'), fc.nat(3)),
      look: fc.boolean(),
      end: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { board } = setUp();
        const chosen = new ChosenStats(board, new Map([['alpha', [`alpha.${containerIdOf(1)}`]], ['beta', [`beta.${containerIdOf(1)}`, `beta.${containerIdOf(3)}`]]])); // prettier-ignore
        const views: [StateSource, Map<string, unknown>, number][] = [
          new AllStats(board),
          new HostStats(board, 'alpha'),
          chosen,
        ].map((view) => [view, new Map(), 0]);
        let t = 0;
        for (const { host, cpus, look, end } of steps) {
          t += 1;
          if (end) board.end(host, containerIdOf(1), t);
          else board.accept(sweep(t, cpus, host));
          if (look) views.forEach((entry) => bringUpToDate(entry));
        }
      }),
      { seed: 6 },
    );
  });
});

function bringUpToDate(entry: [StateSource, Map<string, unknown>, number]): void {
  const [view, seen, version] = entry;
  const piece = view.since(version);
  for (const [key, cpu] of piece ? rowsOf(piece.data) : []) {
    if (cpu === undefined) seen.delete(key);
    else seen.set(key, cpu);
  }
  entry[2] = view.version;
  expect([...seen].sort()).toEqual(rowsOf(view.snapshot().data).sort());
}
