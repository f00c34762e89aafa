import { DeliverPolicy, type StoredMsg } from '@nats-io/jetstream';
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

/** A window of so many sequences at most is read message by message, a larger one by a consumer. */
const SMALL_WINDOW = 256;
const LARGEST_WINDOW = 4096;
/** How many messages of a small window are asked for at a time. */
const LANES = 16;
/** Windows that one request may read; with sparse hits the page ends early, with a cursor to go on. */
const MOST_WINDOWS = 24;
const FETCH_MS = 2000;

/**
 * Reads a stream backwards, newest first, a bounded window of sequences at a time. The newest page makes no consumer
 * where it can do without: nats-server 2.9 keeps something of each for ever, so that making one takes longer each time.
 */
export async function readBackwards<T>(bus: Bus, stream: string, query: PageQuery<T>): Promise<StreamPage<T>> {
  const { state } = await bus.jsm.streams.info(stream);
  const items: T[] = [];
  const { limit, subject } = query;
  let below = Math.min(query.below ?? Infinity, state.last_seq + 1);
  if (subject !== undefined && query.below === undefined && !/[*>]/.test(subject)) {
    const newest = await bus.jsm.streams.getMessage(stream, { last_by_subj: subject });
    if (!newest) return { items, next: null, total: state.messages };
    below = Math.min(below, newest.seq + 1);
  }
  let span = Math.min(limit, SMALL_WINDOW);
  for (let windows = 0; below > state.first_seq && items.length < limit && windows < MOST_WINDOWS; windows += 1) {
    const start = Math.max(state.first_seq, below - span);
    const readWindow = below - start <= SMALL_WINDOW ? smallWindow : window;
    const found = await readWindow(bus, stream, { subject, start, end: below });
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
        yield storedMessage(stored);
      }
      if (pending === before) return; // nothing came in time
    }
  } finally {
    await consumer.delete().catch(() => undefined); // it goes by itself soon
  }
}

/** The messages of a subject, or all, with `start` ≤ sequence < `end`. */
interface Window {
  subject: string | undefined;
  start: number;
  end: number;
}

/** The same as `window`, one request a message. */
async function smallWindow(bus: Bus, stream: string, { subject, start, end }: Window): Promise<StoredMessage[]> {
  const lane = async (from: number, to: number): Promise<StoredMessage[]> => {
    const found: StoredMessage[] = [];
    for (let seq = from; seq < to;) {
      // The client's types leave out that the stream's leader is asked like this, too.
      const query = { seq, next_by_subj: subject ?? '>' } as { seq: number };
      const stored = await bus.jsm.streams.getMessage(stream, query);
      if (!stored || stored.seq >= to) break;
      found.push(storedMessage(stored));
      seq = stored.seq + 1;
    }
    return found;
  };
  const width = Math.ceil((end - start) / LANES);
  const lanes: Promise<StoredMessage[]>[] = [];
  for (let from = start; from < end; from += width) lanes.push(lane(from, Math.min(from + width, end)));
  return (await Promise.all(lanes)).flat();
}

/** The messages of a window, in order. */
async function window(bus: Bus, stream: string, { subject, start, end }: Window): Promise<StoredMessage[]> {
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
      found.push(storedMessage(stored));
      if (stored.seq === end - 1 || stored.info.pending === 0) break;
    }
    return found;
  } finally {
    await consumer.delete().catch(() => undefined); // it goes by itself soon
  }
}

function storedMessage(stored: Pick<StoredMsg, 'seq' | 'time' | 'subject' | 'json'>): StoredMessage {
  return { seq: stored.seq, storedAt: stored.time.getTime(), subject: stored.subject, json: () => stored.json() };
}
