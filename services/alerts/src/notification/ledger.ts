import { AlertMessage, Delivery, type DeliveryFilter, type DeliveryState } from '@deckwatch/contracts';
import type { BusSubscription } from '@deckwatch/bus';
import { z } from 'zod';
import { badCursor } from '../bad-cursor.ts';

/** A delivery as the ledger keeps it; what is sent stays until it need not be sent again. */
export const LedgerEntry = Delivery.extend({
  /** One chain per rule, target and channel: `<ruleId>.<targetId>.<channelId>`. */
  chain: z.string(),
  /** The place in the chain: the transition's sequence in the stream. */
  order: z.int(),
  firstAttemptAt: z.int().nullable(),
  /** Attempts that were made before somebody had it tried again. */
  attemptsBefore: z.int().min(0).default(0),
  message: AlertMessage.nullable(),
  /** Not before its group is complete, Unix milliseconds; null: at once. */
  notBefore: z.int().nullable().default(null),
  /** Held back while something keeps its alert quiet. */
  quiet: z.boolean().default(false),
  /** Deliveries that go out with this one, and share what becomes of it: they are finished after it. */
  members: z.array(z.string()).default([]),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;
/** A delivery that is new; what is left out is not held back. */
export type NewEntry = z.input<typeof LedgerEntry>;
/** An entry without what is sent: what is kept in memory. */
export type LedgerLine = Omit<LedgerEntry, 'message'> & {
  alertState: AlertMessage['state'] | null;
  ruleId: string | null;
};

/** What the ledger needs of a bucket. */
export interface LedgerBucket {
  get(key: string): Promise<{ value: LedgerEntry; revision: number } | undefined>;
  put(key: string, value: LedgerEntry): Promise<number>;
  delete(key: string): Promise<void>;
  watch(handler: (key: string, value: LedgerEntry | undefined, revision: number) => void): Promise<BusSubscription>;
}

/** Finished deliveries beyond so many are forgotten, the oldest first. */
const MAX_FINISHED = 10_000;

/**
 * Every notice to every channel, and what became of it. Written before there is a job, so that a queue that was lost
 * loses no notice. One service writes it; it reads all at its start and goes on from memory.
 */
export class Ledger {
  private readonly lines = new Map<string, LedgerLine>();
  /** The unfinished ones of each chain, in order. */
  private readonly chains = new Map<string, string[]>();
  private readonly finished: string[] = [];
  /** The delivery with which another one goes out. */
  private readonly leaders = new Map<string, string>();
  /** Channels by `<alertId>.<seq>`. */
  private readonly heard = new Map<string, string[]>();

  constructor(
    private readonly bucket: LedgerBucket,
    private readonly maxFinished = MAX_FINISHED,
  ) {}

  async load(): Promise<void> {
    this.lines.clear();
    this.chains.clear();
    this.heard.clear();
    this.leaders.clear();
    this.finished.length = 0;
    const found: LedgerEntry[] = [];
    const subscription = await this.bucket.watch((_key, entry) => entry && found.push(entry));
    subscription.unsubscribe();
    found.sort((a, b) => a.order - b.order);
    for (const entry of found) this.remember(entry);
    for (const { id } of found.filter(({ state }) => state !== 'waiting').sort((a, b) => a.updatedAt - b.updatedAt))
      this.finished.push(id);
  }

  get size(): number {
    return this.lines.size;
  }

  /** How many deliveries wait. */
  get waiting(): number {
    let count = 0;
    for (const chain of this.chains.values()) count += chain.length;
    return count;
  }

  line(id: string): LedgerLine | undefined {
    return this.lines.get(id);
  }

  /** With what is sent. */
  async entry(id: string): Promise<LedgerEntry | undefined> {
    return (await this.bucket.get(id))?.value;
  }

  /** The unfinished deliveries of a chain, the next one first. */
  chain(chain: string): readonly string[] {
    return this.chains.get(chain) ?? [];
  }

  /** The delivery with which this one goes out; undefined: it goes by itself. */
  leaderOf(id: string): string | undefined {
    return this.leaders.get(id);
  }

  /**
   * What waits to go out together with a delivery: of its rule and channel, whole beginnings of chains, at most `limit`.
   * Nothing that follows in its chain one that `isBusy`: it would overtake it.
   */
  companions(leader: LedgerLine, now: number, limit: number, isBusy: (id: string) => boolean): string[] {
    const found: string[] = [];
    const joins = (id: string): boolean => {
      const line = this.lines.get(id);
      return line !== undefined && !isBusy(id) && line.ruleId === leader.ruleId && line.channelId === leader.channelId && mayJoin(line, now) && !this.leaders.has(id); // prettier-ignore
    };
    for (const chain of this.chains.values()) {
      for (const id of chain) {
        if (found.length >= limit || (id !== leader.id && !joins(id))) break;
        if (id !== leader.id) found.push(id);
      }
    }
    return found;
  }

  /** The channels that have deliveries of an alert's messages with `from` ≤ seq < `to`. */
  channelsOf(alertId: string, from: number, to: number): string[] {
    const found = new Set<string>();
    for (let seq = from; seq < to; seq += 1)
      for (const channelId of this.heard.get(`${alertId}.${seq}`) ?? []) found.add(channelId);
    return [...found];
  }

  /** The next delivery of each chain. */
  *heads(): Generator<LedgerLine> {
    for (const [id] of this.chains.values()) {
      const line = id === undefined ? undefined : this.lines.get(id);
      if (line) yield line;
    }
  }

  /** Newest first; `total` counts what passes the filter. */
  page(
    limit: number,
    cursor?: string,
    filter: DeliveryFilter = {},
  ): { items: Delivery[]; nextCursor: string | null; total: number } {
    const all = [...this.lines.values()]
      .filter((line) => passes(line, filter))
      .sort((a, b) => b.order - a.order || (a.id < b.id ? -1 : 1));
    const after = cursor === undefined ? undefined : placeOf(cursor);
    const first = after ? all.findIndex((line) => isAfter(line, after)) : 0;
    const from = first < 0 ? all.length : first;
    const items = all.slice(from, from + limit);
    return {
      items: items.map(shown),
      nextCursor: from + limit < all.length ? cursorOf(items.at(-1)!) : null,
      total: all.length,
    };
  }

  /** Writes a delivery that is new; one that is there stays as it is. */
  async create(draft: NewEntry): Promise<void> {
    if (this.lines.has(draft.id)) return;
    const entry = LedgerEntry.parse(draft);
    await this.bucket.put(entry.id, entry);
    this.remember(entry);
  }

  async update(entry: LedgerEntry): Promise<LedgerEntry> {
    await this.bucket.put(entry.id, entry);
    const wasWaiting = this.lines.get(entry.id)?.state === 'waiting';
    this.remember(entry);
    if (entry.state !== 'waiting' && wasWaiting) {
      this.finished.push(entry.id);
      await this.prune();
    }
    return entry;
  }

  private remember(entry: LedgerEntry): void {
    const { message, ...line } = entry;
    const told = `${entry.alertId}.${entry.seq}`;
    const before = this.lines.get(entry.id);
    if (!before) this.heard.set(told, [...(this.heard.get(told) ?? []), entry.channelId]);
    this.relate(entry, before?.members ?? []);
    const alertState = message?.state ?? before?.alertState ?? null;
    const ruleId = message?.rule.id ?? before?.ruleId ?? null;
    this.lines.set(entry.id, { ...line, alertState, ruleId });
    const chain = (this.chains.get(entry.chain) ?? []).filter((id) => id !== entry.id);
    if (entry.state === 'waiting') {
      const at = chain.findIndex((id) => this.lines.get(id)!.order > entry.order);
      chain.splice(at < 0 ? chain.length : at, 0, entry.id);
    }
    if (chain.length > 0) this.chains.set(entry.chain, chain);
    else this.chains.delete(entry.chain);
  }

  /** Those that go out with a delivery belong to it until they are finished, also when it is finished itself. */
  private relate({ id, state, members }: LedgerEntry, before: readonly string[]): void {
    for (const member of before) this.leaders.delete(member);
    if (state !== 'waiting') this.leaders.delete(id);
    for (const member of members)
      if ((this.lines.get(member)?.state ?? 'waiting') === 'waiting') this.leaders.set(member, id);
  }

  private async prune(): Promise<void> {
    while (this.finished.length > this.maxFinished) {
      const line = this.lines.get(this.finished.shift()!);
      // It may be waiting again: a dead one that is tried once more.
      if (!line || line.state === 'waiting') continue;
      await this.bucket.delete(line.id);
      this.lines.delete(line.id);
      for (const member of line.members) this.leaders.delete(member);
      this.heard.delete(`${line.alertId}.${line.seq}`);
    }
  }
}

/** What remains to be kept of a delivery in that state: only what may be sent again. */
export function finishedEntry(entry: LedgerEntry, state: DeliveryState, outcome: string, now: number): LedgerEntry {
  const message = state === 'dead' ? entry.message : null;
  return { ...entry, state, outcome, message, nextAttemptAt: null, updatedAt: now };
}

/** Whether a delivery waits for the end of its window, has not been tried by itself, and the window is over. */
function mayJoin({ state, notBefore, attempts, quiet, members }: LedgerLine, now: number): boolean {
  return (
    state === 'waiting' && notBefore !== null && notBefore <= now && attempts === 0 && !quiet && members.length === 0
  );
}

export function shown(line: LedgerLine | LedgerEntry): Delivery {
  return Delivery.parse(line);
}

/** A place in the list that stays one when the delivery that stood there is forgotten. */
type Place = Pick<LedgerLine, 'order' | 'id'>;

const cursorOf = ({ order, id }: Place): string => `${order}.${id}`;

function placeOf(cursor: string): Place {
  const [, order, id] = /^(\d+)\.(.+)$/.exec(cursor) ?? [];
  if (id === undefined) throw badCursor();
  return { order: Number(order), id };
}

function isAfter(line: Place, place: Place): boolean {
  return line.order < place.order || (line.order === place.order && line.id > place.id);
}

function passes(line: LedgerLine, { state, channel, alert, from, to }: DeliveryFilter): boolean {
  return (
    (state === undefined || line.state === state) &&
    (channel === undefined || line.channelId === channel) &&
    (alert === undefined || line.alertId === alert) &&
    (from === undefined || line.createdAt >= from) &&
    (to === undefined || line.createdAt < to)
  );
}
