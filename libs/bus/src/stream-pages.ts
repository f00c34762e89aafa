import { DeliverPolicy } from '@nats-io/jetstream';
import type { Bus } from './bus.ts';

export interface StoredMessage {
  seq: number;
  /** When it was stored, Unix milliseconds. */
  storedAt: number;
  subject: string;
  json(): unknown;
}

export interface PageQuery<T> {
  limit: number;
  /** The sequence below which the page begins; missing: at the end of the stream. */
  below?: number;
  /** Only messages of these subjects, with wildcards. */
  subject?: string;
  /** What an item becomes; undefined: it does not belong into the list. */
  read(message: StoredMessage): T | undefined;
  /** Whether all that is older can be left alone. */
  isPast?(message: StoredMessage): boolean;
}

export interface StreamPage<T> {
  /** Newest first. */
  items: T[];
  /** To go on with, as `below`; null: that was all. */
  next: number | null;
  /** Messages that the stream holds. */
  total: number;
}

const FIRST_WINDOW = 256;
const LARGEST_WINDOW = 4096;
/** Windows that one request may read; with sparse hits the page ends early, with a cursor to go on. */
const MOST_WINDOWS = 24;
const FETCH_MS = 2000;

/** Reads a stream backwards, newest first, a bounded window of sequences at a time. */
export async function readBackwards<T>(bus: Bus, stream: string, query: PageQuery<T>): Promise<StreamPage<T>> {
  const { state } = await bus.jsm.streams.info(stream);
  const items: T[] = [];
  const { limit, subject } = query;
  let below = Math.min(query.below ?? Infinity, state.last_seq + 1);
  let span = FIRST_WINDOW;
  for (let windows = 0; below > state.first_seq && items.length < limit && windows < MOST_WINDOWS; windows += 1) {
    const start = Math.max(state.first_seq, below - span);
    const found = await window(bus, stream, subject, start, below);
    for (const message of found.reverse()) {
      if (query.isPast?.(message)) return { items, next: null, total: state.messages };
      below = message.seq;
      const item = query.read(message);
      if (item !== undefined) items.push(item);
      if (items.length === limit) break;
    }
    if (items.length < limit) below = start;
    span = found.length * 4 < span ? Math.min(span * 4, LARGEST_WINDOW * 256) : Math.min(span * 2, LARGEST_WINDOW);
  }
  return { items, next: below > state.first_seq ? below : null, total: state.messages };
}

const FORWARD_BATCH = 256;

/**
 * The messages of these subjects that were stored since a moment (Unix ms, by the broker's clock), in order, up to the end
 * of the stream as it is now.
 */
export async function* storedSince(
  bus: Bus,
  stream: string,
  { since, subject }: { since: number; subject: string },
): AsyncGenerator<StoredMessage> {
  const consumer = await bus.js.consumers.get(stream, {
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(since).toISOString(),
    filter_subjects: subject,
  });
  try {
    let { num_pending: pending } = await consumer.info();
    while (pending > 0) {
      const batch = await consumer.fetch({ max_messages: Math.min(pending, FORWARD_BATCH), expires: FETCH_MS });
      const before = pending;
      for await (const stored of batch) {
        pending = stored.info.pending;
        yield { seq: stored.seq, storedAt: stored.time.getTime(), subject: stored.subject, json: () => stored.json() };
      }
      if (pending === before) return; // nothing came in time
    }
  } finally {
    await consumer.delete().catch(() => undefined); // it goes by itself soon
  }
}

/** The messages with `start` ≤ sequence < `end`, in order. */
async function window(
  bus: Bus,
  stream: string,
  subject: string | undefined,
  start: number,
  end: number,
): Promise<StoredMessage[]> {
  const consumer = await bus.js.consumers.get(stream, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: start,
    ...(subject !== undefined && { filter_subjects: subject }),
  });
  const found: StoredMessage[] = [];
  try {
    const { num_pending: pending } = await consumer.info();
    if (pending === 0) return found;
    const messages = await consumer.fetch({ max_messages: Math.min(pending, end - start), expires: FETCH_MS });
    for await (const stored of messages) {
      if (stored.seq >= end) break;
      found.push({
        seq: stored.seq,
        storedAt: stored.time.getTime(),
        subject: stored.subject,
        json: () => stored.json(),
      });
      if (stored.seq === end - 1 || stored.info.pending === 0) break;
    }
    return found;
  } finally {
    await consumer.delete().catch(() => undefined); // it goes by itself soon
  }
}
