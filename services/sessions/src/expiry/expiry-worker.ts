import type { Log } from '@deckwatch/bus';
import type { Clock } from '@deckwatch/service-kit';
import { pause } from '../lease/pause.ts';
import type { Served, WrongCount } from '../registry/redis-registry.ts';
import type { Hearing } from '../registry/session-change.ts';

export interface DueRegistry {
  serveDue(now: number, hearing: Hearing, batch?: number): Promise<Served>;
  verify(emptySince: number): Promise<WrongCount[]>;
}

export interface ExpiryOptions {
  registry: DueRegistry;
  /** null: senders can't be heard now, so nobody's silence means anything. */
  hearing(): Hearing | null;
  clock: Clock;
  log: Log;
  /** A count was wrong. */
  onWrongCount(wrong: WrongCount): void;
}

/** Another instance may add what is due earlier than all that was known: so late at most is it seen. */
const LOOK_EVERY_MS = 250;
const RETRY_MS = 500;
const VERIFY_EVERY_MS = 60_000;
const FORGET_APP_AFTER_MS = 86_400_000;

/** Ends sessions when their time is over, tells late updates, forgets ended ids; verifies the counts now and then. */
export class ExpiryWorker {
  private verifyAt = 0;

  constructor(private readonly options: ExpiryOptions) {}

  /** Works until the signal is raised. */
  async work(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    while (!signal.aborted) {
      let waitMs = RETRY_MS;
      try {
        waitMs = await this.look();
      } catch {
        // Redis is away: said by its part; all is still due when it is back.
      }
      if (waitMs > 0) await pause(clock, waitMs, signal);
    }
  }

  /** Serves one batch of what is due; returns for how long there is nothing to do, milliseconds. */
  private async look(): Promise<number> {
    const { registry, hearing, clock } = this.options;
    const heard = hearing();
    if (!heard) return RETRY_MS;
    const now = clock.now();
    if (now >= this.verifyAt) await this.verify(now);
    const { full, nextDueAt } = await registry.serveDue(now, heard);
    if (full) return RETRY_MS;
    return nextDueAt === null ? LOOK_EVERY_MS : Math.min(LOOK_EVERY_MS, Math.max(0, nextDueAt - clock.now()));
  }

  private async verify(now: number): Promise<void> {
    const { registry, log, onWrongCount } = this.options;
    this.verifyAt = now + VERIFY_EVERY_MS;
    for (const wrong of await registry.verify(now - FORGET_APP_AFTER_MS)) {
      log.error('wrong count of sessions put right', wrong);
      onWrongCount(wrong);
    }
  }
}
