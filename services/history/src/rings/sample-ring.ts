import { STAT_COLS } from '@deckwatch/contracts';

/** 15 minutes at one sample a second. */
export const RING_SAMPLES = 900;
/** The usual time from one place to the next. */
export const SLOT_MS = 1000;
/** Samples within this time share a place; a little less than a second, as sweeps are not quite regular. */
const SHARED_MS = 900;
const WIDTH = STAT_COLS.length;

/** Bytes that one container takes: a time of 8 bytes and eight figures of 4 for each of 900 samples, 36,000 in all. */
export const RING_BYTES = RING_SAMPLES * (Float64Array.BYTES_PER_ELEMENT + WIDTH * Float32Array.BYTES_PER_ELEMENT);

/** A sample so far before the last one means that the host's clock was set back, not that it came late. */
const SET_BACK_MS = 60_000;

/**
 * The latest samples of one container in fixed memory, oldest overwritten first. A figure is kept as a 32-bit float,
 * with seven significant digits; unknown is NaN. At intervals below a second the samples of a second are averaged in
 * one place, so that the ring holds about 15 minutes at any interval up to a second, and more at longer ones.
 */
export class SampleRing {
  private readonly times = new Float64Array(RING_SAMPLES);
  private readonly figures = new Float32Array(RING_SAMPLES * WIDTH);
  /** Where the next sample goes. */
  private head = 0;
  private filled = 0;
  /** How many figures of each column the newest place averages. */
  private readonly merged = new Uint16Array(WIDTH);
  private lastAt = -Infinity;

  get length(): number {
    return this.filled;
  }

  /** The time of the newest sample, Unix milliseconds; -Infinity: it is empty. */
  get newestAt(): number {
    return this.lastAt;
  }

  /** The time of the oldest sample, Unix milliseconds; Infinity: it is empty. */
  get oldestAt(): number {
    return this.filled === 0 ? Infinity : this.times[this.place(0)]!;
  }

  /** Takes a row of a sweep, `[id, ...figures]`. One that is older than the newest is ignored. */
  add(t: number, row: readonly (string | number | null)[]): void {
    const gap = t - this.newestAt;
    if (gap < -SET_BACK_MS) this.clear();
    else if (gap <= 0) return;
    const shared = this.filled > 0 && t - this.times[this.newest]! < SHARED_MS;
    if (shared) this.merge(row);
    else this.append(t, row);
    this.lastAt = t;
  }

  clear(): void {
    this.head = 0;
    this.filled = 0;
    this.lastAt = -Infinity;
  }

  /** Calls back with each known figure of a column between two times, both included, oldest first. */
  each(column: number, from: number, to: number, take: (t: number, figure: number) => void): void {
    for (let at = this.firstFrom(from); at < this.filled; at += 1) {
      const place = this.place(at);
      const t = this.times[place]!;
      if (t > to) return;
      const figure = this.figures[place * WIDTH + column]!;
      if (!Number.isNaN(figure)) take(t, figure);
    }
  }

  private get newest(): number {
    return (this.head + RING_SAMPLES - 1) % RING_SAMPLES;
  }

  /** Where the `at`-th sample lies, counted from the oldest. */
  private place(at: number): number {
    return (this.head + RING_SAMPLES - this.filled + at) % RING_SAMPLES;
  }

  private append(t: number, row: readonly (string | number | null)[]): void {
    this.times[this.head] = t;
    for (let column = 0; column < WIDTH; column += 1) {
      const figure = figureOf(row[column + 1]);
      this.figures[this.head * WIDTH + column] = figure;
      this.merged[column] = Number.isNaN(figure) ? 0 : 1;
    }
    this.head = (this.head + 1) % RING_SAMPLES;
    this.filled = Math.min(RING_SAMPLES, this.filled + 1);
  }

  private merge(row: readonly (string | number | null)[]): void {
    const place = this.newest;
    for (let column = 0; column < WIDTH; column += 1) {
      const figure = figureOf(row[column + 1]);
      if (Number.isNaN(figure)) continue;
      const count = (this.merged[column] = this.merged[column]! + 1);
      const at = place * WIDTH + column;
      const mean = count === 1 ? 0 : this.figures[at]!;
      this.figures[at] = mean + (figure - mean) / count;
    }
  }

  /** The first sample, counted from the oldest, that is not before `from`; by bisection. */
  private firstFrom(from: number): number {
    let low = 0;
    let high = this.filled;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[this.place(middle)]! < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** NaN for what is unknown or has no place in 32 bits. */
function figureOf(value: string | number | null | undefined): number {
  return typeof value === 'number' && Number.isFinite(Math.fround(value)) ? value : NaN;
}
