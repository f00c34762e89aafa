const BUCKETS = 60;

/**
 * The highest or lowest value of the last `withinMs`, to a sixtieth of that time. Only what may still become it is kept:
 * values of which each is beaten by all before it, at most one for each sixtieth. Times are Unix milliseconds.
 */
export class ChangeWindow {
  /** The one that counts first. */
  private readonly values: number[] = [];
  /** The sixtieth of all time in which each of them was seen. */
  private readonly spans: number[] = [];
  private readonly spanMs: number;
  private latest = -1;
  private since = Infinity;

  constructor(
    private readonly withinMs: number,
    private readonly wanted: 'highest' | 'lowest',
  ) {
    this.spanMs = Math.max(1, withinMs / BUCKETS);
  }

  add(value: number, t: number): void {
    const span = Math.floor(t / this.spanMs);
    // The clock was set back by more than the window: what was before says nothing.
    if (span < this.latest - BUCKETS) this.clear();
    this.latest = Math.max(this.latest, span);
    this.since = Math.min(this.since, t);
    const { values, spans } = this;
    while (spans.length > 0 && spans[0]! <= this.latest - BUCKETS) {
      spans.shift();
      values.shift();
    }
    while (values.length > 0 && !this.beats(values.at(-1)!, value)) {
      spans.pop();
      values.pop();
    }
    if (spans.at(-1) === this.latest) return;
    spans.push(this.latest);
    values.push(value);
  }

  /** null: nothing was added yet. */
  reference(): number | null {
    return this.values[0] ?? null;
  }

  /** Whether it has been filled for the whole of its time. */
  isFull(t: number): boolean {
    return t - this.since >= this.withinMs;
  }

  private beats(before: number, value: number): boolean {
    return this.wanted === 'highest' ? before > value : before < value;
  }

  private clear(): void {
    this.values.length = 0;
    this.spans.length = 0;
    this.latest = -1;
    this.since = Infinity;
  }
}
