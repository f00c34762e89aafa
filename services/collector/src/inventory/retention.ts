import { faultOf } from '@deckwatch/bus';
import { KEEP_ENDED_MS } from '@deckwatch/contracts';
import type { Clock, Log } from '@deckwatch/service-kit';

const PERIOD_MS = 60_000;
const AT_A_TIME = 200;
const MOST_REMEMBERED = 100_000;

export interface RetentionOptions {
  clock: Clock;
  log: Log;
  /** Empties the subject of a container. */
  purge(id: string): Promise<void>;
  /** Reads from the stream which containers were removed, when more were than could be remembered. */
  removed(): Promise<{ id: string; t: number }[]>;
  mostRemembered?: number;
}

/**
 * Empties the subjects of removed containers when their time is over, never earlier. What is remembered is bounded: of
 * more removed containers the stream is asked again later.
 */
export class Retention {
  private readonly due: { id: string; t: number }[] = [];
  private overflowed = false;
  private timer: object | number | undefined;
  private stopped = false;

  constructor(private readonly options: RetentionOptions) {}

  /** @param t when it was removed, Unix milliseconds */
  add(id: string, t: number): void {
    if (this.due.length >= (this.options.mostRemembered ?? MOST_REMEMBERED)) this.overflowed = true;
    else this.due.push({ id, t });
  }

  start(): void {
    this.stopped = false;
    this.timer = this.options.clock.setTimeout(() => void this.pass(), PERIOD_MS);
  }

  stop(): void {
    this.stopped = true;
    this.options.clock.clearTimeout(this.timer);
  }

  private async pass(): Promise<void> {
    try {
      await this.purgeDue();
      if (this.overflowed && this.due.length === 0) await this.readAgain();
    } catch (error) {
      this.options.log.warn('removed containers not cleared away yet', { fault: faultOf(error) });
    }
    if (!this.stopped) this.start();
  }

  private async purgeDue(): Promise<void> {
    this.due.sort((a, b) => a.t - b.t);
    for (let count = 0; count < AT_A_TIME; count += 1) {
      const first = this.due[0];
      if (!first || this.options.clock.now() - first.t < KEEP_ENDED_MS || this.stopped) return;
      await this.options.purge(first.id);
      this.due.shift();
    }
  }

  private async readAgain(): Promise<void> {
    this.overflowed = false;
    for (const { id, t } of await this.options.removed()) this.add(id, t);
  }
}
