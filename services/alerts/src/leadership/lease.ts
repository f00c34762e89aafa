import { RevisionConflict, type Log } from '@deckwatch/bus';
import type { Clock, Timer } from '@deckwatch/service-kit';
import { z } from 'zod';

/** Who evaluates, and up to which message of CONTAINERS all that follows is stored. */
export const LeaseRecord = z.object({
  /** null: it was given back. */
  holder: z.string().nullable(),
  position: z.object({ epoch: z.number(), seq: z.int() }).nullable(),
  /** How many shards there are; absent: one. */
  shards: z.int().min(1).optional(),
  /** For whom it was given back. */
  heir: z.string().optional(),
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
  /** How many shards there are, where there is more than one. */
  shards?(): number | undefined;
  /** Whether it may be taken where it is free; default: yes. */
  mayTake?(found: LeaseRecord | undefined): boolean;
  /** A look at it while it is not held here. */
  onLook?(found: LeaseRecord): void;
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
/** Who gets it handed over takes it at once; others when nobody did for so long. */
const HEIR_MS = 2000;
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
  /** Who held it at the last look, and since when, by this clock. */
  private seenHolder: { holder: string | null; since: number } = { holder: null, since: 0 };
  /** When the last renewal that went well was sent. */
  private confirmedAt = 0;
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

  /** Who holds it, as last seen, and for how long that has been so. null: nobody. */
  holderSeen(): { holder: string | null; ms: number } {
    const { holder, since } = this.seenHolder;
    return { holder: this.held ? this.options.holder : holder, ms: this.options.clock.now() - since };
  }

  /** Whether it was held for certain at that time, Unix milliseconds by this clock. */
  heldSince(t: number): boolean {
    return this.held && this.confirmedAt >= t;
  }

  start(): void {
    this.turn = this.turn.then(() => this.step());
  }

  /** Looks or renews at once. Resolves when that is done. */
  async lookNow(): Promise<void> {
    this.options.clock.clearTimeout(this.timer);
    this.timer = undefined;
    this.start();
    await this.turn;
  }

  /** Gives it to another, and looks on. Throws when that could not be written. */
  async handOver(heir: string | undefined, position: LeaseRecord['position']): Promise<void> {
    this.options.clock.clearTimeout(this.timer);
    this.timer = undefined;
    const done = this.turn.then(async () => {
      if (this.revision === null) return;
      const { bucket, key } = this.options;
      const record = { ...this.record(null, position), ...(heir !== undefined && { heir }) };
      const revision = await bucket.update(key, record, this.revision);
      this.revision = null;
      this.see(record, revision);
    });
    this.turn = done.catch(() => undefined).then(() => this.again());
    await done;
  }

  /** Gives it back, so that another takes over at once. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.options.clock.clearTimeout(this.timer);
    await this.turn;
    if (this.revision === null) return;
    const { bucket, key, position, log } = this.options;
    await bucket.update(key, this.record(null, position()), this.revision).catch((fault: unknown) => {
      log.warn('lease not given back', { key, fault: String(fault) });
    });
    this.revision = null;
  }

  private async step(): Promise<void> {
    if (this.stopped) return;
    try {
      await (this.revision === null ? this.tryToTake() : this.renew(this.revision));
    } catch (error) {
      if (error instanceof RevisionConflict) this.lose();
      else this.options.log.debug('lease not renewed', { key: this.options.key, fault: String(error) });
    }
    this.again();
  }

  private again(): void {
    this.options.clock.clearTimeout(this.timer);
    const pause = this.held ? RENEW_MS : this.goneSince !== null ? LOOK_CLOSELY_MS : LOOK_MS;
    if (!this.stopped) this.timer = this.options.clock.setTimeout(() => this.start(), pause);
  }

  private async renew(revision: number): Promise<void> {
    const { bucket, key, holder, position, clock } = this.options;
    const sentAt = clock.now();
    try {
      this.revision = await bucket.update(key, this.record(holder, position()), revision);
      this.confirmedAt = sentAt;
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      // It may be our own write, whose acknowledgement was lost.
      const found = await bucket.get(key);
      if (found?.value.holder !== holder) throw error;
      this.revision = found.revision;
      this.confirmedAt = sentAt;
    }
  }

  private async tryToTake(): Promise<void> {
    const { bucket, key, holder, onAcquired, onSettled, onLook, mayTake = () => true, clock } = this.options;
    const sentAt = clock.now();
    const found = await bucket.get(key);
    if (found) {
      this.see(found.value, found.revision);
      onLook?.(found.value);
    }
    const free = found ? await this.isFree(found.value) : true;
    if (!free || this.stopped || !mayTake(found?.value)) return;
    const record = this.record(holder, found?.value.position ?? null);
    this.revision = found ? await bucket.update(key, record, found.revision) : await bucket.create(key, record);
    if (this.stopped) return;
    this.confirmedAt = sentAt;
    this.seenHolder = { holder, since: clock.now() };
    onSettled?.();
    onAcquired(found?.value);
  }

  private record(holder: string | null, position: LeaseRecord['position']): LeaseRecord {
    const shards = this.options.shards?.();
    return { holder, position, ...(shards !== undefined && { shards }) };
  }

  private see(value: LeaseRecord, revision: number): void {
    const { clock } = this.options;
    if (value.holder !== this.seenHolder.holder) this.seenHolder = { holder: value.holder, since: clock.now() };
    if (revision === this.seen.revision) return;
    if (this.seen.revision >= 0 && value.holder !== null) {
      this.sawLife = true;
      this.options.onSettled?.();
    }
    this.seen = { revision, since: clock.now() };
    this.goneSince = null;
  }

  private async isFree({ holder, heir }: LeaseRecord): Promise<boolean> {
    const { clock, isGone } = this.options;
    const unchangedMs = clock.now() - this.seen.since;
    // A write of ours whose acknowledgement was lost.
    if (holder === this.options.holder) return true;
    if (holder === null) return heir === undefined || heir === this.options.holder || unchangedMs >= HEIR_MS;
    if (unchangedMs >= STALE_MS) return true;
    const gone = (await isGone?.(holder).catch(() => false)) ?? false;
    this.goneSince = gone ? (this.goneSince ?? clock.now()) : null;
    const enough = this.sawLife ? GONE_MS : GONE_AT_START_MS;
    return this.goneSince !== null && clock.now() - this.goneSince >= enough;
  }

  private lose(): void {
    if (this.revision === null) return;
    this.revision = null;
    this.seen = { revision: -1, since: 0 };
    this.seenHolder = { holder: null, since: this.options.clock.now() };
    this.sawLife = true;
    this.goneSince = null;
    this.options.onLost();
  }
}
