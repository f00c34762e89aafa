/** A token bucket: `perSecond` in the long run, `burst` at once. Time in milliseconds comes in with each call. */
export class RateLimit {
  private tokens: number;
  private last: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    now: number,
  ) {
    this.tokens = burst;
    this.last = now;
  }

  /** Whether one more is allowed now. */
  take(now: number): boolean {
    const gained = (Math.max(0, now - this.last) / 1000) * this.perSecond;
    this.tokens = Math.min(this.burst, this.tokens + gained);
    this.last = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
