/**
 * The columns of a sample, in the order of every `cols`: CPU in percent of one core, memory in bytes (working set),
 * its limit in bytes, rates in bytes per second, number of processes.
 */
export const STAT_COLS = ['cpu', 'mem', 'memLimit', 'rx', 'tx', 'rd', 'wr', 'pids'] as const;
export type StatCol = (typeof STAT_COLS)[number];

/** A row on the bus: the container's short id, then one figure for each of STAT_COLS; null is unknown. */
export type StatsRow = [id: string, ...figures: (number | null)[]];

/** The figures of one sample by name. */
export type Sample = Record<StatCol, number | null>;

/** Names the figures of a row. Figures that a shorter row lacks are unknown. */
export function sampleOf(row: readonly (string | number | null)[], cols: readonly string[] = STAT_COLS): Sample {
  const sample = {} as Sample;
  for (const col of STAT_COLS) {
    const at = cols.indexOf(col);
    const figure = at < 0 ? null : row[at + 1];
    sample[col] = typeof figure === 'number' ? figure : null;
  }
  return sample;
}
