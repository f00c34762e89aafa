import type { Bus } from '@deckwatch/bus';
import { SESSIONS_RPC } from '@deckwatch/contracts';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { SessionCounter } from '../topics/session-counter.ts';

const VERIFY_MS = 30_000;
const RETRY_MS = 1000;

/** Asks the sessions service for the whole count: at first, when the log began anew, and from time to time. */
export class SessionCountFeed {
  private timer?: Timer;
  private stopped = false;

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
    } catch {
      wait = RETRY_MS; // it is away, or still starting
    }
    this.clock.clearTimeout(this.timer);
    if (!this.stopped) this.timer = this.clock.setTimeout(() => this.ask(), wait);
  }
}
