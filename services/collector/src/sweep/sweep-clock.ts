import type { Clock } from '@deckwatch/service-kit';

/**
 * Calls at start + n × interval, n from 0, without drift. A call that comes late skips the moments that it missed; calls
 * never pile up. Where the wall clock is set, it begins anew from there.
 */
export class SweepClock {
  private origin = 0;
  private timer: object | number | undefined;
  private running = false;
  /** Moments that were passed over since the start. */
  skipped = 0;

  constructor(
    private readonly clock: Clock,
    private intervalMs: number,
    private readonly onTick: () => void,
  ) {}

  start(): void {
    this.running = true;
    this.clock.clearTimeout(this.timer);
    this.origin = this.clock.now();
    this.wait(-1);
  }

  get isRunning(): boolean {
    return this.running;
  }

  /** Goes on with another period. */
  changeInterval(intervalMs: number): void {
    if (intervalMs === this.intervalMs) return;
    this.intervalMs = intervalMs;
    if (this.running) this.start();
  }

  stop(): void {
    this.running = false;
    this.clock.clearTimeout(this.timer);
  }

  /** @param ticked the number of the last moment that was called */
  private wait(ticked: number): void {
    const elapsed = this.clock.now() - this.origin;
    const backwards = elapsed < (ticked - 1) * this.intervalMs;
    const far = elapsed > (ticked + FAR_INTERVALS) * this.intervalMs;
    if (backwards || far) {
      this.origin = this.clock.now();
      return this.wait(-1);
    }
    const next = Math.max(ticked + 1, Math.ceil(elapsed / this.intervalMs));
    this.skipped += next - ticked - 1;
    this.timer = this.clock.setTimeout(() => this.tick(next), next * this.intervalMs - elapsed);
  }

  private tick(moment: number): void {
    if (!this.running) return;
    try {
      this.onTick();
    } finally {
      if (this.running) this.wait(moment);
    }
  }
}

/** So many missed moments are not lateness: the clock was set, or the machine slept. */
const FAR_INTERVALS = 100;
