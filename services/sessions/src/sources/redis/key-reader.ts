import type { RedisConnection } from '../../redis/redis-connection.ts';
import { Unreadable, type RawValue, type SessionShape } from './shapes/shape.ts';

/** How a key stands: not there, there for `ttlMs` more (null: for good), or there and not as the shape says. */
export type KeyReading =
  { exists: false } | { exists: true; ttlMs: number | null; document: unknown; fault: string | null };

/** What a master of a cluster says of a key that another has: ask there, while the key's slot moves with `asking`. */
export class Elsewhere {
  constructor(
    /** `host:port` */
    readonly address: string,
    readonly asking: boolean,
  ) {}
}

const GONE = -2;
const REDIRECTION = /^(MOVED|ASK) \d+ (\S*):(\d+)/;

/** What a follower needs of a server. Both throw RedisAway. */
export interface Reader {
  /** `host:port` of a master of a cluster. */
  readonly address?: string;
  /** How the keys stand, in their order. */
  read(keys: readonly string[], asking?: boolean): Promise<(KeyReading | Elsewhere)[]>;
  /** The next part of all keys that match. */
  scan(cursor: string, pattern: string, count: number): Promise<{ cursor: string; keys: string[] }>;
}

/** Reads keys, many in one round trip and never with a command that writes. */
export class KeyReader implements Reader {
  /** Whether several values may be asked for by one command: not in a cluster, nor where the user's ACL forbids it. */
  private together: boolean;

  constructor(
    private readonly redis: RedisConnection,
    private readonly shape: SessionShape,
    /** `host:port`, of a master of a cluster alone. */
    readonly address?: string,
  ) {
    this.together = shape.type === 'string' && address === undefined;
  }

  async read(keys: readonly string[], asking = false): Promise<(KeyReading | Elsewhere)[]> {
    if (keys.length === 0) return [];
    if (this.address !== undefined) return this.readInCluster(keys, asking);
    if (!this.together || keys.length === 1) return this.readEach(keys);
    const [values, ...ttls] = await this.redis.pipe([['mgetBuffer', ...keys], ...keys.map((key): [string, string] => ['pttl', key])]); // prettier-ignore
    if (values instanceof Error && values.name !== 'ReplyError') throw values;
    if (values instanceof Error) {
      this.together = false;
      return this.readEach(keys);
    }
    const readings = keys.map((_, at) => this.reading((values as (Buffer | null)[])[at], ttls[at]));
    // No value, and yet there: another type of key, or one that was made in between.
    const odd = keys.flatMap((_, at) => (readings[at]!.exists || Number(ttls[at]) === GONE ? [] : [at]));
    const again = await this.readEach(odd.map((at) => keys[at]!));
    odd.forEach((at, index) => (readings[at] = again[index]!));
    return readings;
  }

  private get get(): string {
    return this.shape.type === 'hash' ? 'hgetallBuffer' : 'getBuffer';
  }

  private async readEach(keys: readonly string[]): Promise<KeyReading[]> {
    if (keys.length === 0) return [];
    const replies = await this.redis.pipe(keys.flatMap((key): [string, string][] => [[this.get, key], ['pttl', key]])); // prettier-ignore
    return keys.map((_, at) => this.reading(replies[2 * at], replies[2 * at + 1]));
  }

  private async readInCluster(keys: readonly string[], asking: boolean): Promise<(KeyReading | Elsewhere)[]> {
    const leave: [string][] = asking ? [['asking']] : [];
    const each = (key: string): [string, ...string[]][] => [...leave, [this.get, key], ...leave, ['pttl', key]];
    const replies = (await this.redis.pipe(keys.flatMap(each))).filter((_, at) => !asking || at % 2 === 1);
    return keys.map((_, at) => this.redirection(replies[2 * at]) ?? this.reading(replies[2 * at], replies[2 * at + 1]));
  }

  private redirection(reply: unknown): Elsewhere | undefined {
    const [, word, host, port] = REDIRECTION.exec(reply instanceof Error ? reply.message : '') ?? [];
    if (word === undefined) return undefined;
    // An empty host means the one that was asked.
    const there = host === '' ? this.address!.slice(0, this.address!.lastIndexOf(':')) : host;
    return new Elsewhere(`${there}:${port}`, word === 'ASK');
  }

  async scan(cursor: string, pattern: string, count: number): Promise<{ cursor: string; keys: string[] }> {
    const [next, keys] = (await this.redis.call('scan', cursor, 'MATCH', pattern, 'COUNT', count)) as [string, string[]]; // prettier-ignore
    return { cursor: next, keys };
  }

  private reading(value: unknown, ttl: unknown): KeyReading {
    if (ttl instanceof Error) throw ttl;
    const ttlMs = Number(ttl);
    if (value instanceof Error && value.name !== 'ReplyError') throw value;
    if (ttlMs === GONE || value === null) return { exists: false };
    const life = { exists: true as const, ttlMs: ttlMs < 0 ? null : ttlMs };
    if (value instanceof Error) return { ...life, document: undefined, fault: 'another type of key' };
    try {
      return { ...life, document: this.shape.read(rawOf(value)), fault: null };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return { ...life, document: undefined, fault: error.message };
    }
  }
}

function rawOf(value: unknown): RawValue {
  if (Buffer.isBuffer(value)) return value;
  return new Map(Object.entries(value as Record<string, Buffer>));
}
