/** Counts events in constant memory: the last `count` of them. Times are Unix milliseconds. */
export class EventWindow {
  private readonly times: number[] = [];
  private reachedAt = -Infinity;

  constructor(
    private readonly count: number,
    private readonly withinMs: number,
  ) {}

  add(t: number): void {
    const at = Math.max(t, this.times.at(-1) ?? t);
    this.times.push(at);
    if (this.times.length > this.count) this.times.shift();
    if (this.times.length === this.count && at - this.times[0]! <= this.withinMs) this.reachedAt = at;
  }

  /** The count is known to have been reached then. */
  reached(at: number): void {
    this.reachedAt = Math.max(this.reachedAt, at);
  }

  /** Whether less than `withinMs` has passed since the count was last reached. */
  holds(now: number): boolean {
    return now - this.reachedAt < this.withinMs;
  }

  /** When that will have passed; null: the count was not reached. */
  get holdsUntil(): number | null {
    return Number.isFinite(this.reachedAt) ? this.reachedAt + this.withinMs : null;
  }

  /** From when on nothing of it matters. */
  get staleAt(): number {
    return Math.max(this.times.at(-1) ?? -Infinity, this.reachedAt) + this.withinMs;
  }

  /** Events within `withinMs` of now, at most `count`. */
  countAt(now: number): number {
    return this.times.filter((t) => t <= now && now - t < this.withinMs).length;
  }
}
