import { hash } from 'node:crypto';

/** More instances than that have nothing to share. */
export const MAX_SHARDS = 16;

/**
 * The shard of a target: the first four bytes of the SHA-256 of its key, as a number, modulo how many there are. The same
 * for all instances and times, as long as their number is.
 */
export function shardOf(targetKey: string, count: number): number {
  return count === 1 ? 0 : hash('sha256', targetKey, 'buffer').readUInt32BE() % count;
}

/** The shards whose targets are judged here. */
export class OwnShards {
  private readonly held = new Set<number>();

  constructor(readonly count = 1) {}

  get size(): number {
    return this.held.size;
  }

  has(shard: number): boolean {
    return this.held.has(shard);
  }

  owns(targetKey: string): boolean {
    return this.held.has(shardOf(targetKey, this.count));
  }

  add(shard: number): void {
    this.held.add(shard);
  }

  drop(shard: number): void {
    this.held.delete(shard);
  }

  clear(): void {
    this.held.clear();
  }

  [Symbol.iterator](): IterableIterator<number> {
    return this.held.values();
  }
}
