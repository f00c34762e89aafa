const BUCKETS = 60;

/**
 * The highest or lowest value of the last `withinMs`, in constant memory: of each sixtieth of that time one value is
 * kept. Times are Unix milliseconds.
 */
export class ChangeWindow {
  private readonly extremes = new Float64Array(BUCKETS);
  /** Which sixtieth of all time a bucket holds; -1: none. */
  private readonly spans = new Float64Array(BUCKETS).fill(-1);
  private readonly spanMs: number;
  private latest = -1;
  private since = Infinity;

  constructor(
    private readonly withinMs: number,
    private readonly extreme: (a: number, b: number) => number,
  ) {
    this.spanMs = Math.max(1, withinMs / BUCKETS);
  }

  add(value: number, t: number): void {
    const span = Math.floor(t / this.spanMs);
    // The clock was set back by more than the window: what was before says nothing.
    if (span < this.latest - BUCKETS) this.clear();
    this.latest = Math.max(this.latest, span);
    this.since = Math.min(this.since, t);
    const at = span % BUCKETS;
    this.extremes[at] = this.spans[at] === span ? this.extreme(this.extremes[at]!, value) : value;
    this.spans[at] = span;
  }

  /** null: nothing was added within the window. */
  reference(): number | null {
    let found: number | null = null;
    for (let at = 0; at < BUCKETS; at += 1) {
      const span = this.spans[at]!;
      if (span < 0 || span <= this.latest - BUCKETS) continue;
      found = found === null ? this.extremes[at]! : this.extreme(found, this.extremes[at]!);
    }
    return found;
  }

  /** Whether it has been filled for the whole of its time. */
  isFull(t: number): boolean {
    return t - this.since >= this.withinMs;
  }

  private clear(): void {
    this.spans.fill(-1);
    this.latest = -1;
    this.since = Infinity;
  }
}
