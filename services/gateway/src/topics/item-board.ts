import type { Piece, StateSource } from './state-source.ts';
import { Watchers } from './state-source.ts';
import { VersionedItems } from './versioned-items.ts';

/** A state topic of items by key, such as `hosts` or `containers`: `{items:[{key, …}]}`. */
export class ItemBoard<T extends { key: string }> implements StateSource {
  version = 0;
  warm: boolean;
  private readonly encoded = new VersionedItems();
  private readonly values = new Map<string, T>();
  private readonly watchers = new Watchers();

  constructor(
    private readonly now: () => number,
    warm = true,
  ) {
    this.warm = warm;
  }

  get size(): number {
    return this.values.size;
  }

  get(key: string): T | undefined {
    return this.values.get(key);
  }

  all(): IterableIterator<T> {
    return this.values.values();
  }

  put(item: T): void {
    const { key } = item;
    this.values.set(key, item);
    if (!this.encoded.set(key, JSON.stringify(item), this.version + 1)) return;
    this.version += 1;
    this.watchers.notify();
  }

  remove(key: string): boolean {
    this.values.delete(key);
    if (!this.encoded.delete(key, this.version + 1, this.now())) return false;
    this.version += 1;
    this.watchers.notify();
    return true;
  }

  /** Its first content is complete. */
  warmUp(): void {
    if (this.warm) return;
    this.warm = true;
    this.watchers.notify();
  }

  snapshot(): Piece {
    return { data: `{"items":[${this.encoded.texts().join(',')}]}`, count: this.encoded.size };
  }

  since(version: number): Piece | null | undefined {
    if (version >= this.version) return null;
    const changes = this.encoded.since(version);
    if (!changes) return undefined;
    const items = changes.texts.concat(changes.gone.map((key) => JSON.stringify({ key, removed: true })));
    return items.length === 0 ? null : { data: `{"items":[${items.join(',')}]}`, count: items.length };
  }

  watch(listener: () => void): () => void {
    return this.watchers.add(listener);
  }
}
