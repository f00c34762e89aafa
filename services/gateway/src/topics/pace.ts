/** How much earlier than `rateMs` one may go out, as a share of it: so much a 1 Hz sweep may jitter. */
const TOLERANCE = 0.1;
/** But never more than this: at slower rates nothing jitters by a tenth. */
const TOLERANCE_MS = 100;
/** The long-run rate is this much faster than asked for, so that one late sweep does not shift all later ones for good. */
const CATCH_UP = 0.02;

/**
 * Spaces what goes out by `rateMs`, as the generic cell rate algorithm does (ITU-T I.371): never closer than 88 % of
 * it, in the long run not faster than 102 %.
 */
export class Pace {
  private expected = -Infinity;

  constructor(private readonly rateMs: number) {}

  /** Milliseconds until the next one may go out; 0: now. */
  wait(now: number): number {
    return Math.max(0, this.expected - Math.min(this.rateMs * TOLERANCE, TOLERANCE_MS) - now);
  }

  /** One went out. */
  spend(now: number): void {
    this.expected = Math.max(now, this.expected) + this.rateMs * (1 - CATCH_UP);
  }
}
