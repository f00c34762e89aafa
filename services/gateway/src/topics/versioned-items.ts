/** How long a removal is remembered, and how many at most. */
const GRAVE_MS = 5 * 60_000;
const GRAVES = 10_000;

interface Item {
  text: string;
  version: number;
}
interface Grave {
  version: number;
  at: number;
}

/** What changed after some version: the items' JSON, the removed ones' keys. */
export interface Changes {
  texts: string[];
  gone: string[];
}

/**
 * Items by key, each as the JSON that goes out and the version at which it last changed. Versions come from outside and
 * never fall. Removals are remembered for a while; who is further behind than that needs everything anew.
 */
export class VersionedItems {
  private readonly items = new Map<string, Item>();
  private readonly graves = new Map<string, Grave>();
  private forgotten = 0;

  get size(): number {
    return this.items.size;
  }

  has(key: string): boolean {
    return this.items.has(key);
  }

  get(key: string): string | undefined {
    return this.items.get(key)?.text;
  }

  keys(): IterableIterator<string> {
    return this.items.keys();
  }

  texts(): string[] {
    return Array.from(this.items.values(), (item) => item.text);
  }

  /** False when the item reads as before: then nothing changed. */
  set(key: string, text: string, version: number): boolean {
    const item = this.items.get(key);
    if (item?.text === text) return false;
    if (item) {
      item.text = text;
      item.version = version;
    } else {
      this.items.set(key, { text, version });
      this.graves.delete(key);
    }
    return true;
  }

  /** False when there was none. */
  delete(key: string, version: number, now: number): boolean {
    if (!this.items.delete(key)) return false;
    this.graves.delete(key);
    this.graves.set(key, { version, at: now });
    this.sweepGraves(now);
    return true;
  }

  /** Forgets all items and removals; whoever knew any of them needs everything anew. */
  clear(version: number): void {
    this.items.clear();
    this.graves.clear();
    this.forgotten = version;
  }

  /** What changed after `version`; undefined: removals since then are forgotten. */
  since(version: number): Changes | undefined {
    if (version < this.forgotten) return undefined;
    const texts: string[] = [];
    for (const item of this.items.values()) if (item.version > version) texts.push(item.text);
    const gone: string[] = [];
    for (const [key, grave] of this.graves) if (grave.version > version) gone.push(key);
    return { texts, gone };
  }

  /** One item's text if it changed after `version`, null if it was removed after it, undefined if neither. */
  changeOf(key: string, version: number): string | null | undefined {
    const item = this.items.get(key);
    if (item) return item.version > version ? item.text : undefined;
    const grave = this.graves.get(key);
    return grave && grave.version > version ? null : undefined;
  }

  /** Whether removals after `version` are all remembered. */
  remembers(version: number): boolean {
    return version >= this.forgotten;
  }

  private sweepGraves(now: number): void {
    for (const [key, grave] of this.graves) {
      if (this.graves.size <= GRAVES && now - grave.at <= GRAVE_MS) return;
      this.graves.delete(key);
      this.forgotten = Math.max(this.forgotten, grave.version);
    }
  }
}
