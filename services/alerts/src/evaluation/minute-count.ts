const SECONDS = 60;

/** How often something happened within the last minute, by the second, in constant memory. Times: Unix milliseconds. */
export class MinuteCount {
  private readonly counts = new Uint32Array(SECONDS);
  /** Which second of all time a place holds; -1: none. */
  private readonly seconds = new Float64Array(SECONDS).fill(-1);

  add(t: number): void {
    const second = Math.floor(t / 1000);
    const at = second % SECONDS;
    if (this.seconds[at] !== second) {
      this.counts[at] = 0;
      this.seconds[at] = second;
    }
    this.counts[at]! += 1;
  }

  /** What is later than `t` counts as well: it was told by a clock that is a little ahead. */
  at(t: number): number {
    const oldest = Math.floor(t / 1000) - SECONDS + 1;
    return this.counts.reduce((sum, count, at) => (this.seconds[at]! >= oldest ? sum + count : sum), 0);
  }
}
