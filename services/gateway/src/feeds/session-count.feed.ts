import type { Bus } from '@deckwatch/bus';
import { SESSIONS_RPC } from '@deckwatch/contracts';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { SessionCounter } from '../topics/session-counter.ts';

const VERIFY_MS = 30_000;
/** So long after the last event it is asked for: the log may stand still, as while the servers of a cluster elect. */
const QUIET_MS = 1500;
const ANSWER_MS = 1000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 2000;

/**
 * Asks the sessions service for the whole count: at first, when the log began anew, when it says nothing, and from time
 * to time.
 */
export class SessionCountFeed {
  private timer?: Timer;
  private stopped = false;
  private retryMs = FIRST_RETRY_MS;
  /** When it was last asked for, and an event last heard, by the own clock. */
  private askedAt = 0;
  private heardAt = 0;

  constructor(
    private readonly bus: Pick<Bus, 'call'>,
    private readonly counter: SessionCounter,
    private readonly clock: Clock,
  ) {}

  ask(): void {
    this.clock.clearTimeout(this.timer);
    if (!this.stopped) void this.request();
  }

  /** An event has told the count of its app. */
  heard(now: number): void {
    this.heardAt = now;
  }

  stop(): void {
    this.stopped = true;
    this.clock.clearTimeout(this.timer);
  }

  private async request(): Promise<void> {
    const askedAt = this.clock.now();
    this.askedAt = askedAt;
    try {
      this.counter.count(await this.bus.call('sessions', SESSIONS_RPC, 'count', {}, ANSWER_MS), askedAt);
      this.retryMs = FIRST_RETRY_MS;
      this.wait(QUIET_MS, () => this.look());
    } catch {
      this.wait(this.retryMs, () => this.ask()); // it is away, or still starting
      this.retryMs = Math.min(LAST_RETRY_MS, this.retryMs * 2);
    }
  }

  private wait(ms: number, next: () => void): void {
    this.clock.clearTimeout(this.timer);
    if (!this.stopped) this.timer = this.clock.setTimeout(next, ms);
  }

  /** Asks when nothing was heard for a while, or not asked for long. */
  private look(): void {
    const now = this.clock.now();
    const dueAt = Math.min(this.heardAt + QUIET_MS, this.askedAt + VERIFY_MS);
    if (dueAt <= now) return this.ask();
    this.wait(dueAt - now, () => this.look());
  }
}
