import { StatsTable, TRAIL_LENGTH } from './stats-table.ts';

const row = (cpu: number | null, mem: number | null = 1) => [cpu, mem, null, 2, 3, 4, 5, 6];
const last = (trail: Float32Array, count: number) => [...trail.slice(-count)];

describe('StatsTable', () => {
  let table: StatsTable;
  beforeEach(() => (table = new StatsTable()));

  it('keeps the latest figures by name, unknown ones as null', () => {
    table.put('a', 1000, row(12.5), true);
    expect(table.figure('a', 'cpu')).toBe(12.5);
    expect(table.figure('a', 'memLimit')).toBeNull();
    expect(table.figure('a', 'pids')).toBe(6);
    expect(table.figure('nobody', 'cpu')).toBeNull();
  });

  it('keeps large figures exact', () => {
    table.put('a', 1000, row(1, 2 ** 40 + 1), true);
    expect(table.figure('a', 'mem')).toBe(2 ** 40 + 1);
  });

  it('keeps one sample a second of the last minute', () => {
    for (let second = 0; second < 90; second += 1) table.put('a', second * 1000, row(second), true);
    const trail = table.trail('a', 'cpu', 89_000);
    expect(trail).toHaveLength(TRAIL_LENGTH);
    expect([...trail]).toEqual(Array.from({ length: 60 }, (_, index) => index + 30));
  });

  it('takes a row that updates left out as unchanged', () => {
    table.put('a', 10_000, row(7), true);
    table.put('a', 14_000, row(9), true);
    expect(last(table.trail('a', 'cpu', 16_000), 8)).toEqual([NaN, 7, 7, 7, 7, 9, 9, 9]);
  });

  it('does not pretend to know what went on before a snapshot', () => {
    table.put('a', 10_000, row(7), true);
    table.put('a', 14_000, row(9), false);
    expect(last(table.trail('a', 'cpu', 14_000), 5)).toEqual([7, NaN, NaN, NaN, 9]);
  });

  it('takes a gap of a second or two as a sample that came late', () => {
    table.put('a', 10_000, row(7), true);
    table.put('a', 13_000, row(9), false);
    expect(last(table.trail('a', 'cpu', 13_000), 4)).toEqual([7, 7, 7, 9]);
  });

  it('is full at once where the history knows what was before', () => {
    const past = Array.from({ length: 60 }, (_, index) => index);
    table.put('a', 100_000, row(70), false);
    table.fill('a', 'cpu', 40_000, 1000, past);
    expect([...table.trail('a', 'cpu', 100_000)]).toEqual([...past.slice(1), 70]);
    table.fill('b', 'cpu', 40_000, 1000, past);
    expect([...table.trail('b', 'cpu', 99_000)]).toEqual(past);
    expect(table.figure('b', 'cpu')).toBeNull();
    table.put('b', 101_000, row(71), false);
    expect(last(table.trail('b', 'cpu', 101_000), 4)).toEqual([58, 59, 59, 71]);
  });

  it('leaves what it saw itself as it is when the history comes, and what nobody knows open', () => {
    table.put('a', 100_000, row(70), false);
    table.put('a', 101_000, row(71), true);
    table.fill('a', 'cpu', 94_000, 1000, [1, null, null, null, 2, null, 3, 4, 5, 6]);
    expect(last(table.trail('a', 'cpu', 101_000), 9)).toEqual([NaN, 1, 1, 1, NaN, 2, 2, 70, 71]);
  });

  it('fills from a history of coarser steps', () => {
    table.put('a', 100_000, row(70), false);
    table.fill('a', 'cpu', 96_000, 2000, [1, 2, 3]);
    expect(last(table.trail('a', 'cpu', 100_000), 5)).toEqual([1, 1, 2, 2, 70]);
  });

  it('adds up rows, and knows a sum where at least one row knows it', () => {
    table.put('a', 1000, row(1), true);
    table.put('b', 1000, row(2, null), true);
    const sums = new Float64Array(8);
    table.sum(['a', 'b', 'nobody'], sums);
    expect([...sums]).toEqual([3, 1, NaN, 4, 6, 8, 10, 12]);
  });

  it('forgets a sample that is older than a minute', () => {
    table.put('a', 10_000, row(7), true);
    table.put('a', 500_000, row(9), false);
    expect(last(table.trail('a', 'cpu', 500_000), 3)).toEqual([NaN, NaN, 9]);
    expect(table.trail('a', 'cpu', 500_000).filter((value) => value === 7)).toHaveLength(0);
  });

  it('gives the place of a row that is gone to another, with nothing left of it', () => {
    table.put('a', 10_000, row(7), true);
    table.drop('a');
    table.put('b', 11_000, row(null), true);
    expect(table.size).toBe(1);
    expect(table.figure('a', 'cpu')).toBeNull();
    expect([...table.trail('b', 'cpu', 11_000)].every(Number.isNaN)).toBe(true);
  });

  it('holds thousands of rows that come and go in the room of those that are there', () => {
    for (let round = 0; round < 5; round += 1) {
      for (let index = 0; index < 1000; index += 1) table.put(`${round}.${index}`, 1000, row(index), true);
      expect(table.figure(`${round}.999`, 'cpu')).toBe(999);
      for (let index = 0; index < 1000; index += 1) table.drop(`${round}.${index}`);
    }
    expect(table.size).toBe(0);
  });
});
