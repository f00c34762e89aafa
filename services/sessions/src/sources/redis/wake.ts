import type { Clock } from '@deckwatch/service-kit';

/** A wait that can be cut short. */
export class Wake {
  private cut: (() => void) | null = null;
  private woken = false;

  constructor(private readonly clock: Clock) {}

  /** Ends the wait that is under way, or the next one at once. */
  now(): void {
    this.woken = true;
    this.cut?.();
  }

  async within(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.woken && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = this.clock.setTimeout(end, ms);
        const clock = this.clock;
        function end(): void {
          clock.clearTimeout(timer);
          signal.removeEventListener('abort', end);
          resolve();
        }
        this.cut = end;
        signal.addEventListener('abort', end);
      });
      this.cut = null;
    }
    this.woken = false;
  }
}
