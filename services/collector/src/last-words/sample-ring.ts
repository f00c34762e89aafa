import type { Figures } from '../rates/counters.ts';

const KEPT = 60;
const WIDTH = 9;

/** The latest samples of one container, in one piece of memory, and the most memory that any of its run showed. */
export class SampleRing {
  private readonly values = new Float64Array(KEPT * WIDTH);
  private count = 0;
  private peak = NaN;
  private limit = NaN;

  add(t: number, figures: Figures): void {
    const { cpu, mem, memLimit, rx, tx, rd, wr, pids } = figures;
    const at = (this.count % KEPT) * WIDTH;
    const { values } = this;
    values[at] = t;
    values[at + 1] = cpu;
    values[at + 2] = mem;
    values[at + 3] = memLimit;
    values[at + 4] = rx;
    values[at + 5] = tx;
    values[at + 6] = rd;
    values[at + 7] = wr;
    values[at + 8] = pids;
    this.count += 1;
    if (!(mem <= this.peak)) this.peak = mem;
    this.limit = memLimit;
  }

  /** Another run begins: what it uses is counted anew. */
  beginRun(): void {
    this.peak = NaN;
  }

  get memPeak(): number | null {
    return known(this.peak);
  }

  get memLimit(): number | null {
    return known(this.limit);
  }

  /** Rows of t and STAT_COLS, oldest first. */
  rows(): (number | null)[][] {
    const first = Math.max(0, this.count - KEPT);
    return Array.from({ length: this.count - first }, (_, n) => {
      const at = ((first + n) % KEPT) * WIDTH;
      return Array.from(this.values.subarray(at, at + WIDTH), known);
    });
  }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 100) / 100;
}
