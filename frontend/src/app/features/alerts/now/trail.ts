/** A trail holds so many steps of so long: the last five minutes. */
export const TRAIL_STEPS = 60;
export const STEP_MS = 5000;
export const TRAIL_MS = TRAIL_STEPS * STEP_MS;

/** The last minutes of one figure in fixed memory; NaN where it is not known. */
export class Trail {
  private readonly values = new Float64Array(TRAIL_STEPS).fill(NaN);
  private last = 0;

  /** @param t Unix ms; what is older than the last sample is left out */
  put(t: number, value: number | null): void {
    const step = Math.floor(t / STEP_MS);
    if (step < this.last) return;
    for (let missed = Math.max(this.last + 1, step - TRAIL_STEPS + 1); missed <= step; missed += 1) {
      this.values[missed % TRAIL_STEPS] = NaN;
    }
    this.last = step;
    if (value !== null) this.values[step % TRAIL_STEPS] = value;
  }

  /** Takes what was before, oldest first, every `everyMs` from `from` on. What is known already stays. */
  fill(from: number, everyMs: number, past: readonly (number | null)[]): void {
    past.forEach((value, index) => {
      if (value === null) return;
      const step = Math.floor((from + index * everyMs) / STEP_MS);
      if (this.last === 0 || step > this.last) this.put(step * STEP_MS, null);
      const isInside = step > this.last - TRAIL_STEPS && step <= this.last;
      const at = step % TRAIL_STEPS;
      if (isInside && Number.isNaN(this.values[at])) this.values[at] = value;
    });
  }

  /** Up to the latest sample, oldest first. */
  read(): Float32Array {
    return Float32Array.from({ length: TRAIL_STEPS }, (_, index) => {
      const step = this.last - TRAIL_STEPS + 1 + index;
      return step < 0 ? NaN : (this.values[step % TRAIL_STEPS] ?? NaN);
    });
  }
}
