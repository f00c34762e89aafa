import { RevisionConflict, type Log } from '@deckwatch/bus';
import type { Clock, Timer } from '@deckwatch/service-kit';
import { z } from 'zod';

/** Who evaluates, and up to which message of CONTAINERS all that follows is stored. */
export const LeaseRecord = z.object({
  /** null: it was given back. */
  holder: z.string().nullable(),
  position: z.object({ epoch: z.number(), seq: z.int() }).nullable(),
});
export type LeaseRecord = z.infer<typeof LeaseRecord>;

/** What the lease needs of a bucket. */
export interface LeaseBucket {
  get(key: string): Promise<{ value: LeaseRecord; revision: number } | undefined>;
  create(key: string, value: LeaseRecord): Promise<number>;
  update(key: string, value: LeaseRecord, revision: number): Promise<number>;
}

export interface LeaseOptions {
  bucket: LeaseBucket;
  key: string;
  /** Different for each instance and start. */
  holder: string;
  clock: Clock;
  log: Log;
  position(): LeaseRecord['position'];
  /** `before` is the record of the last holder. */
  onAcquired(before: LeaseRecord | undefined): void;
  onLost(): void;
  /** Each time it was seen to be in somebody's hands, own or other. */
  onSettled?(): void;
  /** Whether nobody of that name is at the broker. May throw: then it is not known. */
  isGone?(holder: string): Promise<boolean>;
}

const RENEW_MS = 1000;
/** Who stands by looks so often; more often while the holder is not at the broker. */
const LOOK_MS = 500;
const LOOK_CLOSELY_MS = 200;
/** A record that stays the same for so long, by the watcher's own clock, has a dead holder. */
const STALE_MS = 5000;
/** A holder that is not at the broker may be on its way back to it, where it was seen to live. */
const GONE_MS = 1200;
/** One that was never seen to live is of a time before this start. */
const GONE_AT_START_MS = 200;

/**
 * A lease in a KV bucket by compare-and-set. Nobody's clock is compared with another's: who stands by takes over when it
 * has seen the same revision for STALE_MS, or sooner when the holder is not at the broker any more: a process that dies is
 * followed within 2 s, one that hangs or whose machine is gone within 6 s. The holder keeps it while the broker is away,
 * since nobody can take it then; what it writes is fenced all the same.
 */
export class Lease {
  private revision: number | null = null;
  private seen = { revision: -1, since: 0 };
  /** Whether a holder was seen to renew it. */
  private sawLife = false;
  /** Since when the holder has not been at the broker; null: it is there. */
  private goneSince: number | null = null;
  private timer?: Timer;
  private stopped = false;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly options: LeaseOptions) {}

  get held(): boolean {
    return this.revision !== null;
  }

  start(): void {
    this.turn = this.step();
  }

  /** Gives it back, so that another takes over at once. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.options.clock.clearTimeout(this.timer);
    await this.turn;
    if (this.revision === null) return;
    const { bucket, key, position, log } = this.options;
    await bucket.update(key, { holder: null, position: position() }, this.revision).catch((fault: unknown) => {
      log.warn('lease not given back', { key, fault: String(fault) });
    });
    this.revision = null;
  }

  private async step(): Promise<void> {
    try {
      await (this.revision === null ? this.tryToTake() : this.renew(this.revision));
    } catch (error) {
      if (error instanceof RevisionConflict) this.lose();
      else this.options.log.debug('lease not renewed', { key: this.options.key, fault: String(error) });
    }
    const pause = this.held ? RENEW_MS : this.goneSince !== null ? LOOK_CLOSELY_MS : LOOK_MS;
    if (!this.stopped) this.timer = this.options.clock.setTimeout(() => this.start(), pause);
  }

  private async renew(revision: number): Promise<void> {
    const { bucket, key, holder, position } = this.options;
    try {
      this.revision = await bucket.update(key, { holder, position: position() }, revision);
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      // It may be our own write, whose acknowledgement was lost.
      const found = await bucket.get(key);
      if (found?.value.holder !== holder) throw error;
      this.revision = found.revision;
    }
  }

  private async tryToTake(): Promise<void> {
    const { bucket, key, holder, onAcquired, onSettled } = this.options;
    const found = await bucket.get(key);
    const position = found?.value.position ?? null;
    if (!found) this.revision = await bucket.create(key, { holder, position });
    else {
      this.look(found);
      if (await this.isFree(found.value.holder)) this.revision = await bucket.update(key, { holder, position }, found.revision); // prettier-ignore
    }
    if (this.revision === null || this.stopped) return;
    onSettled?.();
    onAcquired(found?.value);
  }

  private look({ value, revision }: { value: LeaseRecord; revision: number }): void {
    if (revision === this.seen.revision) return;
    if (this.seen.revision >= 0 && value.holder !== null) {
      this.sawLife = true;
      this.options.onSettled?.();
    }
    this.seen = { revision, since: this.options.clock.now() };
    this.goneSince = null;
  }

  private async isFree(holder: string | null): Promise<boolean> {
    const { clock, isGone } = this.options;
    if (holder === null || clock.now() - this.seen.since >= STALE_MS) return true;
    const gone = (await isGone?.(holder).catch(() => false)) ?? false;
    this.goneSince = gone ? (this.goneSince ?? clock.now()) : null;
    const enough = this.sawLife ? GONE_MS : GONE_AT_START_MS;
    return this.goneSince !== null && clock.now() - this.goneSince >= enough;
  }

  private lose(): void {
    if (this.revision === null) return;
    this.revision = null;
    this.seen = { revision: -1, since: 0 };
    this.sawLife = true;
    this.goneSince = null;
    this.options.onLost();
  }
}
