import type { KeyReading, Reader } from '../src/sources/redis/key-reader.ts';

/** One session at the source, from its begin to its end. */
export interface Lifetime {
  key: string;
  begunAt: number;
  /** null: it is there. */
  endedAt: number | null;
}

interface Stored {
  user: string;
  /** Infinity: for good. */
  dueAt: number;
  life: Lifetime;
}

export interface Notice {
  at: number;
  key: string;
  event: string;
  /** The session that it tells of, unless it tells its end. */
  life?: Lifetime;
}

/**
 * A Redis as far as followers see it: keys with their time to live, notifications that are on their way for any time and
 * in order, expiry that is noticed late, and a scan that meets what is there the whole time. The real one can't be made
 * to do one thing exactly between two others; the suites beside run on it.
 */
export class SimulatedRedis implements Reader {
  readonly lives: Lifetime[] = [];
  readonly notices: Notice[] = [];
  /** Sessions that somebody has found. */
  readonly found = new Set<Lifetime>();
  /** What others do before and after keys are read. */
  meanwhile: (() => void)[] = [];
  private readonly stored = new Map<string, Stored>();
  private cursors: string[] = [];

  constructor(private readonly now: () => number) {}

  get keys(): string[] {
    return [...this.stored].filter(([, { dueAt }]) => dueAt > this.now()).map(([key]) => key);
  }

  set(key: string, user: string, ttlMs: number): void {
    this.expire(key);
    const before = this.stored.get(key);
    const life = before?.life ?? { key, begunAt: this.now(), endedAt: null };
    this.stored.set(key, { user, dueAt: this.now() + ttlMs, life });
    if (!before) {
      this.lives.push(life);
      this.notices.push({ at: this.now(), key, event: 'new', life });
    }
    this.notices.push({ at: this.now(), key, event: 'set', life });
  }

  touch(key: string, ttlMs: number): void {
    this.expire(key);
    const there = this.stored.get(key);
    if (!there) return;
    there.dueAt = this.now() + ttlMs;
    this.notices.push({ at: this.now(), key, event: 'expire', life: there.life });
  }

  del(key: string): void {
    this.expire(key);
    if (this.end(key)) this.notices.push({ at: this.now(), key, event: 'del' });
  }

  /** Nobody is told. */
  flush(): void {
    for (const key of this.stored.keys()) this.end(key);
  }

  /** It notices what has expired. */
  sweep(): void {
    for (const key of this.stored.keys()) this.expire(key);
  }

  async read(keys: readonly string[]): Promise<KeyReading[]> {
    await Promise.resolve();
    this.meanwhile.shift()?.();
    const readings = keys.map((key): KeyReading => {
      this.expire(key);
      const there = this.stored.get(key);
      if (!there) return { exists: false };
      this.found.add(there.life);
      const ttlMs = there.dueAt === Infinity ? null : there.dueAt - this.now();
      return { exists: true, ttlMs, document: { user: there.user }, fault: null };
    });
    this.meanwhile.shift()?.();
    await Promise.resolve();
    return readings;
  }

  async scan(cursor: string): Promise<{ cursor: string; keys: string[] }> {
    await Promise.resolve();
    if (cursor === '0') this.cursors = [...this.stored.keys()];
    const part = this.cursors.splice(0, 3);
    return { cursor: this.cursors.length > 0 ? '1' : '0', keys: part.filter((key) => this.stored.has(key)) };
  }

  private expire(key: string): void {
    const there = this.stored.get(key);
    if (!there || there.dueAt > this.now()) return;
    this.end(key, there.dueAt);
    this.notices.push({ at: this.now(), key, event: 'expired' });
  }

  private end(key: string, at = this.now()): boolean {
    const there = this.stored.get(key);
    if (!there) return false;
    there.life.endedAt = Math.min(at, there.dueAt);
    return this.stored.delete(key);
  }
}
