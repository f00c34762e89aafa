import { STAT_COLS, type StatCol } from '@deckwatch/contracts/wire';

/** Columns of which the last minute is kept for every row. */
export const TRAIL_COLS = ['cpu'] as const;
export type TrailCol = (typeof TRAIL_COLS)[number];
/** Samples a trail holds, one a second. */
export const TRAIL_LENGTH = 60;

const COLS = STAT_COLS.length;
const TRAIL_SIZE = TRAIL_COLS.length * TRAIL_LENGTH;
const TICK_MS = 1000;
/** Up to so many missing seconds are a sample that came late; more are time of which nothing is known. */
const LATE_TICKS = 2;

/**
 * The latest figures of every container and their last minute, in typed arrays that grow only with the number of rows
 * ever held at once. An unknown figure is NaN inside and null outside.
 */
export class StatsTable {
  private readonly slots = new Map<string, number>();
  private readonly free: number[] = [];
  private latest = new Float64Array(0);
  private trails = new Float32Array(0);
  /** The second of each row's last sample in its trail. */
  private lastTick = new Float64Array(0);

  get size(): number {
    return this.slots.size;
  }

  keys(): IterableIterator<string> {
    return this.slots.keys();
  }

  /**
   * Takes a row's figures, in the order of STAT_COLS.
   * @param t the sweep's time, Unix ms
   * @param unbroken whether seconds without a sample since the last one mean "as before" (an update leaves unchanged
   * rows out) or "not known" (after a snapshot)
   */
  put(key: string, t: number, figures: readonly (number | null)[], unbroken: boolean): void {
    const slot = this.slots.get(key) ?? this.take(key);
    const at = slot * COLS;
    const tick = Math.floor(t / TICK_MS);
    this.advance(slot, tick, unbroken);
    for (let col = 0; col < COLS; col += 1) this.latest[at + col] = figures[col] ?? NaN;
    TRAIL_COLS.forEach((col, index) => {
      const trailAt = slot * TRAIL_SIZE + index * TRAIL_LENGTH;
      this.trails[trailAt + (tick % TRAIL_LENGTH)] = figures[STAT_COLS.indexOf(col)] ?? NaN;
    });
  }

  /**
   * Takes what went on before a row was watched. What is known already stays as it is.
   * @param from the time of the first value, Unix ms; the others follow every `stepMs`
   * @param values oldest first; null is unknown
   */
  fill(key: string, col: TrailCol, from: number, stepMs: number, values: readonly (number | null)[]): void {
    const lastKnown = values.findLastIndex((value) => value !== null);
    if (lastKnown < 0) return;
    const slot = this.slots.get(key) ?? this.take(key);
    if (this.lastTick[slot] === 0) this.advance(slot, Math.floor((from + lastKnown * stepMs) / TICK_MS), false);
    const last = this.lastTick[slot] ?? 0;
    const start = slot * TRAIL_SIZE + TRAIL_COLS.indexOf(col) * TRAIL_LENGTH;
    let known = -Infinity;
    let carried = NaN;
    const first = Math.floor(from / TICK_MS);
    for (let tick = first; tick <= last; tick += 1) {
      const value = values[Math.floor(((tick - first) * TICK_MS) / stepMs)] ?? null;
      if (value !== null) [known, carried] = [tick, value];
      const at = start + (tick % TRAIL_LENGTH);
      const isWanted = tick > last - TRAIL_LENGTH && tick - known <= LATE_TICKS;
      if (isWanted && Number.isNaN(this.trails[at])) this.trails[at] = carried;
    }
  }

  /** Whether only the past of a row is known, and no figure of now. */
  isBare(key: string): boolean {
    const slot = this.slots.get(key);
    return slot !== undefined && this.latest.subarray(slot * COLS, (slot + 1) * COLS).every(Number.isNaN);
  }

  /** Adds up rows: one sum for each of STAT_COLS into `sums`, NaN where no row knows it. */
  sum(keys: readonly string[], sums: Float64Array): void {
    sums.fill(NaN);
    for (const key of keys) {
      const slot = this.slots.get(key);
      if (slot === undefined) continue;
      for (let col = 0; col < COLS; col += 1) {
        const value = this.latest[slot * COLS + col] ?? NaN;
        if (!Number.isNaN(value)) sums[col] = (Number.isNaN(sums[col]) ? 0 : (sums[col] ?? 0)) + value;
      }
    }
  }

  drop(key: string): void {
    const slot = this.slots.get(key);
    if (slot === undefined) return;
    this.slots.delete(key);
    this.free.push(slot);
  }

  /** A figure of the latest sample; null when unknown. */
  figure(key: string, col: StatCol): number | null {
    const slot = this.slots.get(key);
    if (slot === undefined) return null;
    const value = this.latest[slot * COLS + STAT_COLS.indexOf(col)];
    return value === undefined || Number.isNaN(value) ? null : value;
  }

  /** The last 60 seconds of a figure up to `t`, oldest first; NaN where it is not known. */
  trail(key: string, col: TrailCol, t: number): Float32Array {
    const out = new Float32Array(TRAIL_LENGTH).fill(NaN);
    const slot = this.slots.get(key);
    if (slot === undefined) return out;
    const start = slot * TRAIL_SIZE + TRAIL_COLS.indexOf(col) * TRAIL_LENGTH;
    const last = this.lastTick[slot] ?? 0;
    const end = Math.max(last, Math.floor(t / TICK_MS));
    for (let index = 0; index < TRAIL_LENGTH; index += 1) {
      const tick = Math.min(end - TRAIL_LENGTH + 1 + index, last);
      if (last - tick < TRAIL_LENGTH) out[index] = this.trails[start + (tick % TRAIL_LENGTH)] ?? NaN;
    }
    return out;
  }

  /** Fills the seconds since a row's last sample with that sample, or marks them unknown. */
  private advance(slot: number, tick: number, unbroken: boolean): void {
    const last = this.lastTick[slot] ?? 0;
    this.lastTick[slot] = Math.max(last, tick);
    const first = Math.max(last + 1, tick - TRAIL_LENGTH + 1);
    const carries = unbroken || (last > 0 && tick - last <= LATE_TICKS + 1);
    for (let index = 0; index < TRAIL_COLS.length; index += 1) {
      const start = slot * TRAIL_SIZE + index * TRAIL_LENGTH;
      const carried = carries ? (this.trails[start + (last % TRAIL_LENGTH)] ?? NaN) : NaN;
      for (let missed = first; missed < tick; missed += 1) this.trails[start + (missed % TRAIL_LENGTH)] = carried;
    }
  }

  private take(key: string): number {
    const slot = this.free.pop() ?? this.slots.size;
    this.slots.set(key, slot);
    if (slot >= this.lastTick.length) this.grow(Math.max(64, slot * 2));
    this.lastTick[slot] = 0;
    this.latest.fill(NaN, slot * COLS, (slot + 1) * COLS);
    this.trails.fill(NaN, slot * TRAIL_SIZE, (slot + 1) * TRAIL_SIZE);
    return slot;
  }

  private grow(rows: number): void {
    const { latest, trails, lastTick } = this;
    this.latest = new Float64Array(rows * COLS);
    this.latest.set(latest);
    this.trails = new Float32Array(rows * TRAIL_SIZE);
    this.trails.set(trails);
    this.lastTick = new Float64Array(rows);
    this.lastTick.set(lastTick);
  }
}
