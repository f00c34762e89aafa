import { setTimeout as sleep } from 'node:timers/promises';

export interface BackoffOptions {
  /** The longest first pause, in milliseconds. */
  baseMs?: number;
  /** The longest pause of all, in milliseconds. */
  maxMs?: number;
  random?: () => number;
}

/**
 * Exponential back-off with full jitter: a pause is anything from a tenth of the ceiling to the ceiling, which doubles
 * with each attempt. Source: M. Brooker, "Exponential Backoff and Jitter" (2015).
 */
export class Backoff {
  private attempt = 0;

  constructor(private readonly options: BackoffOptions = {}) {}

  /** The next pause in milliseconds. */
  next(): number {
    const { baseMs = 250, maxMs = 10_000, random = Math.random } = this.options;
    const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(this.attempt, 30));
    this.attempt += 1;
    return Math.round(ceiling * (0.1 + 0.9 * random()));
  }

  reset(): void {
    this.attempt = 0;
  }

  /** Waits for the next pause; returns false when the signal was raised meanwhile. */
  async pause(signal?: AbortSignal): Promise<boolean> {
    try {
      await sleep(this.next(), undefined, { signal, ref: false });
      return true;
    } catch {
      return false;
    }
  }
}
