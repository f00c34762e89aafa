import { faultOf, type Log } from '@deckwatch/bus';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { Position } from '../evaluation/feeds.ts';
import { foundShards, leaseKey, shardsOf } from './formation.ts';
import { Lease, type LeaseBucket, type LeaseRecord } from './lease.ts';

/** What the poorer asks the richer for. */
export interface Plea {
  shard: number;
  /** Who asks. */
  to: string;
  /** How many shards it has. */
  has: number;
  /** How many there are, as it knows it. */
  shards: number;
}

export interface ShardLeasesOptions {
  bucket: LeaseBucket;
  /** How many shards there are. */
  count: number;
  /** Different for each instance and start. */
  holder: string;
  clock: Clock;
  log: Log;
  /** Where a successor would begin. */
  position(shard: number): Position | null;
  onAcquired(shard: number, before: Position | null): void;
  /** It is in other hands: nothing of it may be said any more. */
  onLost(shard: number): void;
  /** All leases were seen in somebody's hands. */
  onSettled(): void;
  isGone(holder: string): Promise<boolean>;
  /** Asks a holder to hand a shard over. Resolves with whether it did. */
  ask(holder: string, plea: Plea): Promise<boolean>;
}

/** Who holds a shard for so long has settled: one may be asked for. Bounds how often shards change hands. */
const SETTLED_MS = 4000;
const COMPARE_EVERY_MS = 1000;
/** Who holds a shard of another number notices so soon that it was taken away. */
const GIVE_WAY_MS = 1500;
const RETRY_MS = 500;
const COMPLAIN_EVERY_MS = 60_000;

/**
 * The leases of all shards. Each instance takes what is free; who has two more than another hands one over when asked.
 * The number of shards is that of the holder of shard 0: an instance that was started with another number stands by.
 */
export class ShardLeases {
  private readonly leases: Lease[];
  /** What of it this instance may evaluate, with where each begins. */
  private readonly taken = new Set<number>();
  private readonly settled = new Set<number>();
  /** Where a shard begins that is held and not yet taken. */
  private readonly begins = new Map<number, Position | null>();
  /** The number that the lease of shard 0 says, as it was seen or is written here. */
  private agreed: number | null = null;
  private timer?: Timer;
  /** Since when others evaluate in another number of shards; null: they don't. */
  private outvotedSince: number | null = null;
  private complainedAt = -Infinity;
  /** Since when it is not certain that they are held, Unix milliseconds; null: it is. */
  private doubtSince: number | null = null;
  private stopped = false;

  constructor(private readonly options: ShardLeasesOptions) {
    this.leases = Array.from({ length: options.count }, (_, shard) => this.leaseOf(shard));
  }

  /** Shards that this instance evaluates. */
  get held(): readonly number[] {
    return [...this.taken];
  }

  start(): void {
    for (const lease of this.leases) lease.start();
    if (this.options.count > 1) this.compareLater();
  }

  /** From now on it is not certain that they are held, until they are confirmed. */
  doubt(): void {
    this.doubtSince = this.options.clock.now();
  }

  /** Where it is not certain, renews what is held. Throws when it stays so. */
  async confirm(): Promise<void> {
    for (;;) {
      const since = this.doubtSince;
      if (since === null) return;
      const unsure = (): Lease[] => this.leases.filter((lease) => lease.held && !lease.heldSince(since));
      await Promise.all(unsure().map((lease) => lease.lookNow()));
      if (unsure().length > 0) throw new Error('the leases are not confirmed');
      // There may be a new doubt meanwhile.
      if (this.doubtSince === since) this.doubtSince = null;
    }
  }

  /** Whether shard 0 was certainly held at that time, Unix milliseconds. Renews its lease where that is not known. */
  async leadsSince(t: number): Promise<boolean> {
    const [first] = this.leases;
    if (first!.held && !first!.heldSince(t)) await first!.lookNow();
    return this.taken.has(0) && first!.heldSince(t);
  }

  /** Whether another should get it: it has two fewer, and all leases have settled. */
  mayGive({ shard, has, shards }: Plea): boolean {
    return shards === this.options.count && this.taken.has(shard) && this.taken.size - has >= 2;
  }

  /** Says that it is no longer evaluated here, so that the other takes it at once. Throws when that can't be written. */
  async give(shard: number, to: string | undefined, position: Position | null): Promise<void> {
    await this.leases[shard]!.handOver(to, position);
    this.taken.delete(shard);
  }

  /** Gives all back. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.options.clock.clearTimeout(this.timer);
    await Promise.all(this.leases.map((lease) => lease.stop()));
    this.taken.clear();
  }

  private leaseOf(shard: number): Lease {
    const { bucket, holder, clock, log, position, isGone, count } = this.options;
    return new Lease({
      bucket,
      key: leaseKey(shard),
      holder,
      clock,
      log,
      isGone,
      position: () => (this.begins.has(shard) ? this.begins.get(shard)! : position(shard)),
      shards: () => this.written(shard),
      // Whoever was about to change the number may have died half-way: then it is as shard 0 says.
      mayTake: (found) => shard === 0 || (this.agreed === count && (shardsOf(found) === count || this.taken.has(0))),
      onLook: (found) => shard === 0 && this.compareNumbers(found),
      onSettled: () => this.settle(shard),
      onAcquired: (before) => (shard === 0 ? void this.lead(before) : this.take(shard, before?.position ?? null)),
      onLost: () => this.lose(shard),
    });
  }

  /** One shard is written as it always was. */
  private written(shard: number): number | undefined {
    const number = shard === 0 ? (this.agreed ?? 1) : this.options.count;
    return number === 1 ? undefined : number;
  }

  /** Shard 0 is held: the number of shards is now the own one. */
  private async lead(before: LeaseRecord | undefined): Promise<void> {
    const { bucket, count, clock, log } = this.options;
    const [first] = this.leases;
    this.begins.set(0, before?.position ?? null);
    if (shardsOf(before) === count) {
      this.agreed = count;
      return this.take(0, before?.position ?? null);
    }
    while (first!.held && !this.stopped) {
      try {
        const { position, heldBefore } = await foundShards(bucket, count, before, log);
        if (heldBefore) await new Promise<void>((resolve) => void clock.setTimeout(resolve, GIVE_WAY_MS));
        if (!first!.held) return;
        this.begins.set(0, position);
        this.agreed = count;
        await first!.lookNow();
        if (first!.held) this.take(0, position);
        return;
      } catch (error) {
        log.warn('the number of shards was not changed', { fault: faultOf(error) });
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private take(shard: number, before: Position | null): void {
    this.taken.add(shard);
    this.options.onAcquired(shard, before);
    this.begins.delete(shard);
  }

  private lose(shard: number): void {
    if (shard === 0) this.agreed = null;
    this.begins.delete(shard);
    if (this.taken.delete(shard)) this.options.onLost(shard);
  }

  private settle(shard: number): void {
    this.settled.add(shard);
    if (this.settled.size === this.leases.length || this.isOutvoted) this.options.onSettled();
  }

  private get isOutvoted(): boolean {
    return this.agreed !== null && this.agreed !== this.options.count;
  }

  /** Shard 0 is in other hands, or free. */
  private compareNumbers(record: LeaseRecord): void {
    const { count, log, clock } = this.options;
    this.agreed = shardsOf(record);
    const now = clock.now();
    this.outvotedSince = this.isOutvoted && record.holder !== null ? (this.outvotedSince ?? now) : null;
    if (this.outvotedSince === null) return;
    // It may be about to change the number.
    if (now - this.outvotedSince >= GIVE_WAY_MS && now - this.complainedAt >= COMPLAIN_EVERY_MS) {
      this.complainedAt = now;
      log.warn('stands by: the instances that evaluate have another DECKWATCH_ALERT_SHARDS', { shards: this.agreed, own: count }); // prettier-ignore
    }
    for (const shard of this.held) {
      this.lose(shard);
      void this.leases[shard]!.handOver(undefined, this.options.position(shard)).catch(() => undefined);
    }
  }

  private compareLater(): void {
    this.timer = this.options.clock.setTimeout(() => {
      void this.compare().finally(() => !this.stopped && this.compareLater());
    }, COMPARE_EVERY_MS);
  }

  /** Asks whoever has the most for one, where it has two more. */
  private async compare(): Promise<void> {
    const { count, holder, ask } = this.options;
    if (this.agreed !== count) return;
    const seen = this.leases.map((lease) => lease.holderSeen());
    if (seen.some(({ holder: other, ms }) => other === null || ms < SETTLED_MS)) return;
    const shards = new Map<string, number[]>();
    for (const [shard, { holder: other }] of seen.entries()) shards.set(other!, [...(shards.get(other!) ?? []), shard]);
    const own = shards.get(holder)?.length ?? 0;
    const [richest, theirs] = [...shards].sort(([, a], [, b]) => b.length - a.length)[0]!;
    if (theirs.length - own < 2) return;
    const shard = theirs.at(-1)!;
    const given = await ask(richest, { shard, to: holder, has: own, shards: count }).catch(() => false);
    if (given && !this.stopped) await this.leases[shard]!.lookNow();
  }
}
