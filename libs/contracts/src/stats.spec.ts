import fc from 'fast-check';
import { sampleOf, STAT_COLS } from './columns.ts';
import { isStatsSweep, StatsSweep } from './stats.ts';

const sweep = (over: object = {}): unknown => ({
  v: 1,
  t: 1_700_000_000_000,
  host: 'web',
  intervalMs: 1000,
  cols: [...STAT_COLS],
  rows: [['0123456789ab', 12.5, 1024, null, 1, 2, 3, 4, 5]],
  ...over,
});

describe('a sweep', () => {
  it('is taken by the fast check and by the schema alike', () => {
    expect(isStatsSweep(sweep())).toBe(true);
    expect(StatsSweep.safeParse(sweep()).success).toBe(true);
  });

  it('may carry columns that nobody knows yet', () => {
    expect(isStatsSweep(sweep({ cols: [...STAT_COLS, 'later'] }))).toBe(true);
  });

  it.each([
    ['another version', { v: 2 }],
    ['no host', { host: undefined }],
    ['columns in another order', { cols: ['mem', 'cpu'] }],
    ['rows that are no list', { rows: {} }],
    ['a figure that is text', { rows: [['0123456789ab', '12']] }],
    ['an id that is none', { rows: [['web', 1]] }],
    ['a time that is no whole number', { t: 1.5 }],
  ])('with %s is refused', (_, over) => {
    expect(isStatsSweep(sweep(over))).toBe(false);
  });

  it('refuses whatever the bus may bring without throwing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isStatsSweep(value)).toBe(false);
      }),
      { seed: 2 },
    );
  });
});

describe('the figures of a row', () => {
  it('are named by the columns, whatever their order, and unknown where the row is shorter', () => {
    expect(sampleOf(['0123456789ab', 7, 3], ['mem', 'cpu'])).toEqual({
      cpu: 3,
      mem: 7,
      memLimit: null,
      rx: null,
      tx: null,
      rd: null,
      wr: null,
      pids: null,
    });
  });
});
