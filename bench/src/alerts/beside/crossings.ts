/** CPU of a series below every threshold and above that of the first rule, percent. */
const QUIET = 20;
const BUSY = 95;
/** The first rule's. Those of the others are never reached. */
export const THRESHOLD = 90;
export const thresholdOf = (rule: number): number => (rule === 0 ? THRESHOLD : 100 + rule);

/** The values of many series, some of which rise over the first rule's threshold, and when that was seen. */
export class Crossings {
  private readonly risesAt = new Map<number, number>();
  private readonly seenAfter = new Map<number, number>();

  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** The value of a series at this moment. */
  value(series: number): number {
    const t = this.now();
    // Values that change keep both sides from storing nothing.
    return t >= (this.risesAt.get(series) ?? Infinity) ? BUSY : QUIET + ((series + Math.floor(t / 1000)) % 10) + 0.25;
  }

  /** So many series of all rise one after the other from now on, spread over all of them. */
  plan(count: number, everyMs: number, all: number): void {
    const [now, step] = [this.now(), Math.floor(all / count)];
    for (let turn = 0; turn < count; turn += 1) this.risesAt.set(turn * step, now + turn * everyMs);
  }

  /** An alert of that series came; what is told again is not counted. */
  see(series: number): void {
    const risesAt = this.risesAt.get(series);
    if (risesAt !== undefined && !this.seenAfter.has(series)) this.seenAfter.set(series, this.now() - risesAt);
  }

  get missing(): number {
    return this.risesAt.size - this.seenAfter.size;
  }

  /** Milliseconds from a series' rise until an alert of it came. */
  get latencies(): number[] {
    return [...this.seenAfter.values()];
  }
}
