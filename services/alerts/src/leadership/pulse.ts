import type { Clock, Timer } from '@deckwatch/service-kit';

const BEAT_MS = 500;
/** Others take over from an instance that hangs after 4 s at the soonest. */
const STOOD_STILL_MS = 3000;

/**
 * Notices that this process stood still (stopped, its machine asleep or starved) before anything else is done: what it
 * knows may be void, since others may have gone on in its place. Timers of {@link clock} look first.
 */
export class Pulse {
  readonly clock: Clock;
  private last: number;
  private timer?: Timer;

  constructor(
    private readonly time: Clock,
    /** @param ms how long it stood still */
    private readonly onStoodStill: (ms: number) => void,
  ) {
    this.last = time.now();
    const guarded = (callback: () => void) => () => {
      this.look();
      callback();
    };
    this.clock = {
      now: () => time.now(),
      setTimeout: (callback, ms) => time.setTimeout(guarded(callback), ms),
      clearTimeout: (timer) => time.clearTimeout(timer),
    };
  }

  start(): void {
    this.last = this.time.now();
    this.timer = this.clock.setTimeout(() => this.start(), BEAT_MS);
  }

  stop(): void {
    this.time.clearTimeout(this.timer);
  }

  /** Before something is done that comes from outside. */
  look(): void {
    const still = this.time.now() - this.last;
    if (still < STOOD_STILL_MS) return;
    this.last = this.time.now();
    this.onStoodStill(still);
  }
}
