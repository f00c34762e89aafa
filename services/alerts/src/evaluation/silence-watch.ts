import type { Clock } from '@deckwatch/service-kit';
import { DueTimes } from './due-times.ts';
import type { Target } from './targets.ts';

/** Samples that stay away for the longer of three intervals and this are missing. */
const SILENCE_MS = 10_000;
/** What is not to be said yet is looked at again so soon. */
const LOOK_AGAIN_MS = 200;

/** How long samples of a target may stay away before they are missing. */
export function silenceOf(target: Pick<Target, 'intervalMs'>): number {
  return Math.max(SILENCE_MS, 3 * target.intervalMs);
}

/**
 * Notices that a target's samples stay away. One waiting check a target, set anew when it comes due, so that a sample
 * costs nothing. While nothing can be heard at all, nothing is missing.
 */
export class SilenceWatch {
  private readonly checks: DueTimes<Target>;
  private hearingSince = 0;

  constructor(
    private readonly clock: Clock,
    private readonly wanted: (target: Target) => boolean,
    /** false: it is not to be said yet. */
    private readonly onSilence: (target: Target, now: number, heardAt: number) => boolean,
  ) {
    this.checks = new DueTimes(clock, (target) => this.check(target));
  }

  /** Whether samples can come in: not while the broker is away. */
  setHearing(hearing: boolean): void {
    this.hearingSince = hearing ? this.clock.now() : Infinity;
    if (hearing) this.checks.release();
    else this.checks.hold();
  }

  /** Whether a target's samples are as good as missing: two of them may be on their way still. */
  isAway(target: Target, now: number): boolean {
    return now - Math.max(target.heardAt, this.hearingSince) >= silenceOf(target) - 2 * target.intervalMs;
  }

  watch(target: Target): void {
    if (target.watchedForSilence || !this.wanted(target)) return;
    target.watchedForSilence = true;
    if (target.heardAt === 0) target.heardAt = this.clock.now();
    this.checks.add(Math.max(target.heardAt, this.clock.now() - silenceOf(target)) + silenceOf(target), target);
  }

  clear(): void {
    this.checks.clear();
  }

  private check(target: Target): void {
    target.watchedForSilence = false;
    if (!this.wanted(target)) return;
    const now = this.clock.now();
    const heardAt = Math.max(target.heardAt, this.hearingSince);
    const silent = now - heardAt >= silenceOf(target);
    const waits = silent && !this.onSilence(target, now, heardAt);
    target.watchedForSilence = true;
    this.checks.add(waits ? now + LOOK_AGAIN_MS : (silent ? now : heardAt) + silenceOf(target), target);
  }
}
