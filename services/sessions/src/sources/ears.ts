import type { Clock } from '@deckwatch/service-kit';
import type { Hearing } from '../registry/session-change.ts';

/** Long enough for a sender that touches its sessions once a minute. */
export const GRACE_MS = 60_000;

/** Since when senders can be heard: all that it takes for a message to reach the registry is there. */
export class Ears {
  private readonly faults = new Set<string>();
  private since: number;

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    this.since = clock.now();
  }

  /** A part on the way is there, or is not. */
  set(part: string, up: boolean): void {
    const deaf = this.faults.size > 0;
    if (up) this.faults.delete(part);
    else this.faults.add(part);
    if (deaf && this.faults.size === 0) this.since = this.clock.now();
  }

  hearing(): Hearing | null {
    return this.faults.size > 0 ? null : { since: this.since, graceMs: GRACE_MS };
  }
}
