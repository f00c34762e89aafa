import type { SessionEvent } from '@deckwatch/contracts';
import type { RedisConnection } from '../redis/redis-connection.ts';
import { keys } from '../registry/registry-keys.ts';

/** One event that waits to be moved on. */
export interface OutboxEntry {
  /** `<ms>-<n>`, rising; the milliseconds are those of Redis' clock. */
  id: string;
  /** null: what stands there is no event. */
  event: SessionEvent | null;
}

export interface OutboxState {
  length: number;
  /** When the oldest was written, by Redis' clock; null: it is empty. */
  oldestAt: number | null;
}

type RawEntry = [id: string, fields: string[]];

/**
 * The events that the registry's scripts have appended, in order. `blocking` is a connection that nothing else uses:
 * reading waits on it.
 */
export class RedisOutbox {
  constructor(
    private readonly redis: RedisConnection,
    private readonly blocking: RedisConnection,
    private readonly newId: () => string,
  ) {}

  /** The name of this outbox: another one after Redis lost its data, so that entry ids are never compared across. */
  async id(): Promise<string> {
    await this.redis.call('set', keys.outboxId, this.newId(), 'NX');
    return (await this.redis.call('get', keys.outboxId)) as string;
  }

  /** At most `count` entries after `after`; waits up to about `waitMs` for the first, with 0 not at all. */
  async read(after: string, count: number, waitMs: number): Promise<OutboxEntry[]> {
    const wait = waitMs > 0 ? ['BLOCK', waitMs] : [];
    const reply = await this.blocking.call('xread', 'COUNT', count, ...wait, 'STREAMS', keys.outbox, after);
    const [stream] = (reply ?? []) as [string, RawEntry[]][];
    return (stream?.[1] ?? []).map(([id, fields]) => ({ id, event: eventOf(fields) }));
  }

  async drop(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.redis.call('xdel', keys.outbox, ...ids);
  }

  async state(): Promise<OutboxState> {
    const [length, oldest] = await this.redis.pipe([
      ['xlen', keys.outbox],
      ['xrange', keys.outbox, '-', '+', 'COUNT', 1],
    ]);
    for (const reply of [length, oldest]) if (reply instanceof Error) throw reply;
    const first = (oldest as RawEntry[])[0];
    return { length: Number(length), oldestAt: first ? Number(first[0].split('-')[0]) : null };
  }
}

function eventOf(fields: readonly string[] | null): SessionEvent | null {
  const entry = new Map<string, string>();
  for (let at = 0; fields && at + 1 < fields.length; at += 2) entry.set(fields[at]!, fields[at + 1]!);
  try {
    return {
      v: 1,
      t: Number(entry.get('t')),
      app: entry.get('app')!,
      id: entry.get('id')!,
      user: entry.get('user') ?? null,
      event: entry.get('event') as SessionEvent['event'],
      reason: entry.get('reason') as SessionEvent['reason'],
      active: Math.max(0, Number(entry.get('active'))),
      delta: Number(entry.get('delta')),
      attrs: JSON.parse(entry.get('attrs')!) as SessionEvent['attrs'],
    };
  } catch {
    return null; // not written by our scripts
  }
}
