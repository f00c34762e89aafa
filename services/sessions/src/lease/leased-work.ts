import { faultOf, type Log } from '@deckwatch/bus';
import type { Clock } from '@deckwatch/service-kit';
import { pause } from './pause.ts';

/** What a worker needs of a lease; throws when that can't be told now. */
export interface Right {
  readonly ttlMs: number;
  take(): Promise<boolean>;
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

export interface LeasedWorkOptions {
  name: string;
  lease: Right;
  /** Runs while the lease is held; ends when the signal is raised. */
  work(signal: AbortSignal): Promise<void>;
  /** Whether this instance is able to do the work now; one that is not lets go, so that another may. */
  able(): boolean;
  clock: Clock;
  log: Log;
  random?: () => number;
}

/** How often one that is not able looks whether it is again. */
const UNABLE_MS = 100;

/** Does some work in whichever instance holds its lease, and goes on asking for it for as long as it runs. */
export class LeasedWork {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private holding = false;

  constructor(private readonly options: LeasedWorkOptions) {}

  get held(): boolean {
    return this.holding;
  }

  start(): void {
    this.running = this.run();
  }

  /** Ends the work and gives the lease back. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { clock, lease, able, random = Math.random } = this.options;
    while (!this.stopping.signal.aborted) {
      const askedAt = clock.now();
      if (!able()) await pause(clock, UNABLE_MS, this.stopping.signal);
      else if ((await this.asked(() => lease.take())) && clock.now() < this.endOf(askedAt)) await this.hold(askedAt);
      else await pause(clock, lease.ttlMs * (0.1 + 0.1 * random()), this.stopping.signal);
    }
  }

  /** Works until the lease is lost, this instance is no longer able, or it stops. */
  private async hold(takenAt: number): Promise<void> {
    const { name, lease, work, log } = this.options;
    const lost = new AbortController();
    const signal = AbortSignal.any([lost.signal, this.stopping.signal]);
    this.holding = true;
    log.info('lease taken', { work: name });
    const worked = work(signal)
      .catch((error: unknown) => log.error('leased work failed', { work: name, fault: faultOf(error) }))
      .finally(() => lost.abort());
    await this.keep(takenAt, signal);
    lost.abort();
    await worked;
    this.holding = false;
    log.info('lease given up', { work: name });
    await lease.release().catch(() => undefined); // it expires by itself
  }

  /** Renews; returns when that has not worked for so long that somebody else may hold the lease. */
  private async keep(takenAt: number, signal: AbortSignal): Promise<void> {
    const { clock, lease, able } = this.options;
    let endsAt = this.endOf(takenAt);
    while (!signal.aborted && able()) {
      await pause(clock, lease.ttlMs / 5, signal);
      if (signal.aborted) return;
      const askedAt = clock.now();
      const renewed = await this.renewedBefore(endsAt, signal);
      if (renewed === false) return;
      if (renewed) endsAt = this.endOf(askedAt);
      else if (clock.now() >= endsAt) return;
    }
  }

  /** When work must end under a lease that was taken then: a margin before the successor begins, for what is in hand. */
  private endOf(takenAt: number): number {
    const { ttlMs } = this.options.lease;
    return takenAt + ttlMs - ttlMs / 5;
  }

  /** undefined: the answer can't be had in time; Redis may take longer to be given up than a lease lasts. */
  private async renewedBefore(endsAt: number, signal: AbortSignal): Promise<boolean | undefined> {
    const { clock, lease } = this.options;
    const answered = new AbortController();
    const late = pause(clock, endsAt - clock.now(), AbortSignal.any([signal, answered.signal]));
    const renewed = await Promise.race([this.asked(() => lease.renew()), late.then(() => undefined)]);
    answered.abort();
    return renewed;
  }

  /** undefined: the answer can't be had. */
  private async asked(ask: () => Promise<boolean>): Promise<boolean | undefined> {
    try {
      return await ask();
    } catch {
      return undefined; // Redis is away: said by its part
    }
  }
}
