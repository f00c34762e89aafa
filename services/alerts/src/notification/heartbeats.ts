import { faultOf, type Log } from '@deckwatch/bus';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { Answer } from './http-call.ts';

export interface HeartbeatOptions {
  clock: Clock;
  log: Log;
  /** Ids of the channels that are called. */
  channels(): string[];
  /** What does not work; null: everything does. */
  fault(): Promise<string | null>;
  /** Calls one, and remembers what it answered. Throws what went wrong on the way. */
  call(id: string): Promise<Answer>;
}

export const BEAT_MS = 60_000;
/** A call that failed is made again once, well before the next; while silent it is looked so often whether that ends. */
const AGAIN_MS = 15_000;
/** Who takes over needs a moment. */
const FIRST_MS = 3000;

/**
 * Calls the heartbeats' URLs each minute for as long as everything works. Silence is what tells that something does not,
 * even where nothing is left that could tell: whoever is called raises the alarm when it is not.
 */
export class Heartbeats {
  private timer?: Timer;
  private running = false;
  private silentFor: string | null = null;

  constructor(private readonly options: HeartbeatOptions) {}

  start(): void {
    this.running = true;
    this.next(FIRST_MS);
  }

  stop(): void {
    this.running = false;
    this.options.clock.clearTimeout(this.timer);
  }

  private next(ms: number): void {
    this.timer = this.options.clock.setTimeout(() => {
      void this.beat().then(() => this.running && this.next(this.silentFor === null ? BEAT_MS : AGAIN_MS));
    }, ms);
  }

  private async beat(): Promise<void> {
    const ids = this.options.channels();
    if (ids.length === 0) return;
    const fault = await this.options.fault().catch((error: unknown) => faultOf(error));
    if (fault !== this.silentFor) {
      this.silentFor = fault;
      if (fault !== null) this.options.log.warn('heartbeats are silent', { fault });
    }
    if (fault === null) await Promise.all(ids.map((id) => this.call(id, true)));
  }

  private async call(id: string, first: boolean): Promise<void> {
    const answer = await this.options.call(id).catch(() => undefined);
    if (answer?.ok || !first) return;
    this.options.clock.setTimeout(() => {
      if (this.running && this.silentFor === null) void this.call(id, false);
    }, AGAIN_MS);
  }
}
