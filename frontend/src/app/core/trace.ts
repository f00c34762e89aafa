/** A trace holds one sample a second of the last 15 minutes. */
export const TRACE_SECONDS = 900;
const TICK_MS = 1000;

/** Times in seconds, then a list of figures a column; null: not known. The shape that charts are drawn from. */
export type Aligned = [times: number[], ...columns: (number | null)[][]];

/**
 * The figures of one container over the last 15 minutes in fixed memory: what the history knows fills it from behind,
 * each sweep adds to it.
 */
export class Trace {
  private readonly columns: Float64Array[];
  private lastTick = 0;

  constructor(private readonly names: readonly string[]) {
    this.columns = names.map(() => new Float64Array(TRACE_SECONDS).fill(NaN));
  }

  /** Adds a sample. Seconds that were missed stay unknown; one that is older than the trace is left out. */
  put(t: number, figures: readonly (number | null)[]): void {
    const tick = Math.floor(t / TICK_MS);
    this.moveTo(tick);
    if (!this.reaches(tick)) return;
    this.columns.forEach((column, index) => (column[tick % TRACE_SECONDS] = figures[index] ?? NaN));
  }

  /**
   * Takes what was before: `[t, min, average, max]` for each time, oldest first. Seconds that are known already stay as
   * they are.
   */
  fill(name: string, points: readonly (readonly number[])[]): void {
    const column = this.columns[this.names.indexOf(name)];
    if (!column) return;
    this.moveTo(Math.floor((points.at(-1)?.[0] ?? 0) / TICK_MS));
    for (const [t, , average] of points) {
      const tick = Math.floor((t ?? NaN) / TICK_MS);
      if (!this.reaches(tick)) continue;
      const at = tick % TRACE_SECONDS;
      if (Number.isNaN(column[at])) column[at] = average ?? NaN;
    }
  }

  /** All of the last 15 minutes, oldest first. */
  aligned(names: readonly string[]): Aligned {
    const first = this.lastTick - TRACE_SECONDS + 1;
    const times = Array.from({ length: TRACE_SECONDS }, (_, index) => first + index);
    const columns = names.map((name) => {
      const column = this.columns[this.names.indexOf(name)];
      return times.map((tick) => {
        const value = tick < 0 ? NaN : (column?.[tick % TRACE_SECONDS] ?? NaN);
        return Number.isNaN(value) ? null : value;
      });
    });
    return [times, ...columns];
  }

  private reaches(tick: number): boolean {
    return tick <= this.lastTick && tick > this.lastTick - TRACE_SECONDS;
  }

  private moveTo(tick: number): void {
    const first = Math.max(this.lastTick + 1, tick - TRACE_SECONDS + 1);
    for (const column of this.columns) {
      for (let missed = first; missed <= tick; missed += 1) column[missed % TRACE_SECONDS] = NaN;
    }
    this.lastTick = Math.max(this.lastTick, tick);
  }
}
