import { JetStreamApiError } from '@nats-io/jetstream';
import type { KV, KvEntry } from '@nats-io/kv';
import { z } from 'zod';
import type { Bus, BusSubscription } from './bus.ts';
import type { Log } from './log.ts';

/** Somebody else wrote the key meanwhile. */
export class RevisionConflict extends Error {
  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super(`"${key}" was changed meanwhile`, options);
    this.name = 'RevisionConflict';
  }
}

export interface Stored<T> {
  value: T;
  revision: number;
}

const WRONG_LAST_SEQUENCE = 10071;

/** A KV bucket whose values are JSON of one shape. A stored value that does not fit is told and passed over. */
export class Bucket<T> {
  constructor(
    private readonly bus: Bus,
    private readonly kv: KV,
    readonly name: string,
    private readonly schema: z.ZodType<T>,
    private readonly log: Log,
  ) {}

  async get(key: string): Promise<Stored<T> | undefined> {
    const entry = await this.kv.get(key);
    return entry ? this.read(entry) : undefined;
  }

  /** Returns the revision. */
  put(key: string, value: T): Promise<number> {
    return this.kv.put(key, JSON.stringify(value));
  }

  /** Throws RevisionConflict when the key exists. */
  create(key: string, value: T): Promise<number> {
    return this.guarded(key, () => this.kv.create(key, JSON.stringify(value)));
  }

  /** Throws RevisionConflict when the key has another revision. */
  update(key: string, value: T, revision: number): Promise<number> {
    return this.guarded(key, () => this.kv.update(key, JSON.stringify(value), revision));
  }

  async delete(key: string): Promise<void> {
    await this.kv.purge(key);
  }

  async keys(): Promise<string[]> {
    const keys: string[] = [];
    for await (const key of await this.kv.keys()) keys.push(key);
    return keys;
  }

  async entries(): Promise<Map<string, Stored<T>>> {
    const found = new Map<string, Stored<T>>();
    for (const key of await this.keys()) {
      const stored = await this.get(key);
      if (stored) found.set(key, stored);
    }
    return found;
  }

  /**
   * Tells every present value, then resolves, then tells each change; undefined: deleted. Goes on after the broker was
   * away. `onReset` is called when the bucket was made anew, before its values are told.
   */
  watch(
    handler: (key: string, value: T | undefined, revision: number) => void,
    onReset?: () => void,
  ): Promise<BusSubscription> {
    const prefix = `$KV.${this.name}.`;
    return new Promise((resolve) => {
      const subscription = { unsubscribe: () => tail.stop() };
      const tail = this.bus.tail(`KV_${this.name}`, {
        from: 'last-per-subject',
        onReset: () => onReset?.(),
        onCaughtUp: () => resolve(subscription),
        onMessage: (item) => {
          const key = item.subject.slice(prefix.length);
          const gone = item.header('KV-Operation') !== '';
          const value = gone ? undefined : this.parse(key, () => item.json());
          if (gone || value !== undefined) handler(key, value, item.seq);
        },
      });
      tail.start();
    });
  }

  private read(entry: KvEntry): Stored<T> | undefined {
    if (entry.operation !== 'PUT') return undefined;
    const value = this.parse(entry.key, () => entry.json());
    return value === undefined ? undefined : { value, revision: entry.revision };
  }

  private parse(key: string, json: () => unknown): T | undefined {
    try {
      return this.schema.parse(json());
    } catch (error) {
      const fault = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      this.log.warn('stored value passed over', { bucket: this.name, key, fault });
      return undefined;
    }
  }

  private async guarded(key: string, write: () => Promise<number>): Promise<number> {
    try {
      return await write();
    } catch (error) {
      const conflict = error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE;
      throw conflict ? new RevisionConflict(key, { cause: error }) : error;
    }
  }
}
