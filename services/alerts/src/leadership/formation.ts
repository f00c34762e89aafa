import { faultOf, RevisionConflict, type Log } from '@deckwatch/bus';
import type { Position } from '../evaluation/feeds.ts';
import { MAX_SHARDS } from '../evaluation/own-shards.ts';
import type { LeaseBucket, LeaseRecord } from './lease.ts';

export function leaseKey(shard: number): string {
  return shard === 0 ? 'alerts-evaluator' : `alerts-evaluator-${shard}`;
}

/** How many shards whoever wrote a lease evaluates in. */
export function shardsOf(record: LeaseRecord | undefined): number {
  return record?.shards ?? 1;
}

export interface Founded {
  /** Where all shards begin: nothing that came after it is said for certain. */
  position: Position | null;
  /** Whether somebody held a shard of the number before. */
  heldBefore: boolean;
}

/**
 * Makes the leases of another number of shards, which only the holder of shard 0 may do: takes away those of the number
 * before from whoever holds them, and lets all begin where the one that was behind the most had come to.
 */
export async function foundShards(
  bucket: LeaseBucket,
  count: number,
  before: LeaseRecord | undefined,
  log: Log,
): Promise<Founded> {
  const records = await Promise.all(others().map(async (shard) => (await bucket.get(leaseKey(shard)))?.value));
  const all = [before, ...records].filter((record) => record !== undefined);
  const position = furthestBehind(all.map((record) => record.position));
  const heldBefore = records.some((record) => record?.holder);
  for (const shard of others()) await reset(bucket, shard, { count, position });
  log.info('alerts are evaluated in shards', { shards: count });
  return { position, heldBefore };
}

async function reset(
  bucket: LeaseBucket,
  shard: number,
  { count, position }: { count: number; position: Position | null },
): Promise<void> {
  const key = leaseKey(shard);
  for (;;) {
    const found = await bucket.get(key);
    if (!found && shard >= count) return;
    try {
      const record = { holder: null, position, shards: count };
      await (found ? bucket.update(key, record, found.revision) : bucket.create(key, record));
      return;
    } catch (error) {
      // It was renewed meanwhile.
      if (!(error instanceof RevisionConflict)) throw new Error(faultOf(error), { cause: error });
    }
  }
}

function others(): number[] {
  return Array.from({ length: MAX_SHARDS - 1 }, (_, at) => at + 1);
}

/** Of the newest stream, the first. */
function furthestBehind(positions: (Position | null)[]): Position | null {
  let first: Position | null = null;
  for (const position of positions) {
    if (!position) continue;
    const isNewer = first !== null && position.epoch > first.epoch;
    const isBefore = first !== null && position.epoch === first.epoch && position.seq < first.seq;
    if (first === null || isNewer || isBefore) first = position;
  }
  return first;
}
