import { DeliverPolicy } from '@nats-io/jetstream';
import type { Bus } from '@deckwatch/bus';
import { AlertMessage, STREAMS } from '@deckwatch/contracts';
import { badCursor } from '../bad-cursor.ts';

export interface HistoryQuery {
  limit: number;
  /** The sequence below which the page begins. */
  cursor?: string;
  from?: number;
  to?: number;
}

export interface HistoryPage {
  items: AlertMessage[];
  nextCursor: string | null;
  /** Messages that the stream holds. */
  total: number;
}

interface StoredAlert {
  seq: number;
  storedAt: number;
  message: AlertMessage | undefined;
}

const STREAM = STREAMS.ALERTS.name;
const FIRST_WINDOW = 256;
const LARGEST_WINDOW = 4096;
/** Windows that one request may read; with sparse hits the page ends early, with a cursor to go on. */
const MAX_WINDOWS = 24;
/** A message is stored soon after its `t`; where the broker was away, later. */
const STORED_LATE_MS = 24 * 3_600_000;

/** Reads the alerts' log backwards, a bounded window of sequences at a time. */
export class AlertHistory {
  constructor(private readonly bus: Bus) {}

  async page({ limit, cursor, from = 0, to = Infinity }: HistoryQuery): Promise<HistoryPage> {
    const { state } = await this.bus.jsm.streams.info(STREAM);
    const items: AlertMessage[] = [];
    if (cursor !== undefined && !/^\d+$/.test(cursor)) throw badCursor();
    let below = Math.min(Number(cursor ?? Infinity), state.last_seq + 1);
    let span = FIRST_WINDOW;
    for (let windows = 0; below > state.first_seq && items.length < limit && windows < MAX_WINDOWS; windows += 1) {
      const start = Math.max(state.first_seq, below - span);
      const found = await this.window(start, below);
      for (const { seq, storedAt, message } of found.reverse()) {
        if (storedAt < from - STORED_LATE_MS) return { items, nextCursor: null, total: state.messages };
        below = seq;
        if (message && message.t >= from && message.t <= to) items.push(message);
        if (items.length === limit) break;
      }
      if (items.length < limit) below = start;
      span = found.length * 4 < span ? Math.min(span * 4, LARGEST_WINDOW * 256) : Math.min(span * 2, LARGEST_WINDOW);
    }
    return { items, nextCursor: below > state.first_seq ? String(below) : null, total: state.messages };
  }

  /** The messages with `start` ≤ sequence < `end`, in order. */
  private async window(start: number, end: number): Promise<StoredAlert[]> {
    const consumer = await this.bus.js.consumers.get(STREAM, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: start,
    });
    const { num_pending: pending } = await consumer.info();
    const found: StoredAlert[] = [];
    if (pending === 0) return found;
    const messages = await consumer.fetch({ max_messages: Math.min(pending, end - start), expires: 2000 });
    for await (const stored of messages) {
      if (stored.seq >= end) break;
      const parsed = AlertMessage.safeParse(stored.json());
      found.push({ seq: stored.seq, storedAt: stored.time.getTime(), message: parsed.data });
      if (stored.seq === end - 1 || stored.info.pending === 0) break;
    }
    await consumer.delete().catch(() => undefined);
    return found;
  }
}
