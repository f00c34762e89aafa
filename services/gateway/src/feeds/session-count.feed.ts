import type { Bus } from '@deckwatch/bus';
import { SESSIONS_RPC } from '@deckwatch/contracts';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { SessionCounter } from '../topics/session-counter.ts';

const VERIFY_MS = 30_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5000;

/** Asks the sessions service for the whole count: at first, when the log began anew, and from time to time. */
export class SessionCountFeed {
  private timer?: Timer;
  private stopped = false;
  private retryMs = FIRST_RETRY_MS;

  constructor(
    private readonly bus: Bus,
    private readonly counter: SessionCounter,
    private readonly clock: Clock,
  ) {}

  ask(): void {
    this.clock.clearTimeout(this.timer);
    if (!this.stopped) void this.request();
  }

  stop(): void {
    this.stopped = true;
    this.clock.clearTimeout(this.timer);
  }

  private async request(): Promise<void> {
    const askedAt = this.clock.now();
    let wait = VERIFY_MS;
    try {
      this.counter.count(await this.bus.call('sessions', SESSIONS_RPC, 'count', {}), askedAt);
      this.retryMs = FIRST_RETRY_MS;
    } catch {
      wait = this.retryMs; // it is away, or still starting
      this.retryMs = Math.min(LAST_RETRY_MS, this.retryMs * 2);
    }
    this.clock.clearTimeout(this.timer);
    if (!this.stopped) this.timer = this.clock.setTimeout(() => this.ask(), wait);
  }
}
