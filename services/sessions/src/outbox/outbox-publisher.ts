import { Backoff, faultOf, type Log } from '@deckwatch/bus';
import { subjects, type SessionEvent } from '@deckwatch/contracts';
import { systemClock, type Clock } from '@deckwatch/service-kit';
import { pause } from '../lease/pause.ts';
import type { OutboxEntry } from './redis-outbox.ts';
import { comesAfter, type LogEnd, type LogEntry, type SessionLog } from './session-log.ts';

/** What the publisher needs of an outbox. */
export interface Outbox {
  id(): Promise<string>;
  read(after: string, count: number, waitMs: number): Promise<OutboxEntry[]>;
  drop(ids: readonly string[]): Promise<void>;
}

/** What the publisher tells of its work. */
export interface PublisherWatch {
  /** An event was stored, `delayMs` after it was appended to the outbox. */
  stored(event: SessionEvent, delayMs: number): void;
  /** Why nothing can be moved on; null: it can. */
  fault(reason: string | null): void;
  /** An entry that is no event was thrown away. */
  unreadable(): void;
}

/** Entries in flight at a time; it bounds memory, and is what one round trip to the broker bears. */
const BATCH = 256;
const WAIT_MS = 500;
/** Batches begin at least so far apart, so that what comes meanwhile is moved together; the first after a pause at once. */
const GATHER_MS = 3;
/** What was stored is dropped so often, or when a whole batch has come together. */
const DROP_EVERY_MS = 50;

/**
 * Moves events from the outbox to the log, in order, each exactly once. It begins by asking the log how far it got:
 * entries up to there were stored by a predecessor that died between the acknowledgement and the deletion, and are
 * only dropped. The same after every fault. An entry is dropped when its storing has been acknowledged, never before.
 */
export class OutboxPublisher {
  constructor(
    private readonly outbox: Outbox,
    private readonly log: SessionLog,
    private readonly watch: PublisherWatch,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly logger: Log,
    private readonly timers: Clock = systemClock,
  ) {}

  /** Works until the signal is raised; waits out faults with jittered back-off. */
  async work(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff({ baseMs: 50, maxMs: 2000 });
    let lastFault: string | null = null;
    while (!signal.aborted) {
      try {
        await this.follow(signal, () => {
          backoff.reset();
          lastFault = null;
        });
      } catch (error) {
        const fault = faultOf(error);
        if (signal.aborted) return;
        this.watch.fault(fault);
        if (fault !== lastFault) this.logger.warn('session events wait', { fault });
        lastFault = fault;
        await backoff.pause(signal);
      }
    }
  }

  /** Begins where the log ends and goes on until the signal is raised. Throws at the first fault. */
  private async follow(signal: AbortSignal, moved: () => void): Promise<void> {
    const outboxId = await this.outbox.id();
    const end = await this.log.end(outboxId);
    let cursor = '0-0';
    const drops = new Drops(this.outbox, this.timers);
    while (!signal.aborted) {
      const [entries] = await Promise.all([this.outbox.read(cursor, BATCH, WAIT_MS), drops.pending]);
      // What was read while the lease ran out is the successor's.
      if (signal.aborted) break;
      const startedAt = this.timers.now();
      await this.store(entries, outboxId, end);
      drops.add(entries.map(({ id }) => id));
      cursor = entries.at(-1)?.id ?? cursor;
      this.watch.fault(null);
      moved();
      const rest = Math.min(GATHER_MS, startedAt + GATHER_MS - this.timers.now());
      if (entries.length > 0 && entries.length < BATCH && rest > 0) await pause(this.timers, rest, signal);
    }
    await drops.end();
  }

  private async store(entries: readonly OutboxEntry[], outboxId: string, end: LogEnd): Promise<void> {
    const fresh = entries.filter(({ id }) => end.entry === null || comesAfter(id, end.entry));
    const events = fresh.filter((entry): entry is OutboxEntry & { event: SessionEvent } => entry.event !== null);
    for (let count = fresh.length - events.length; count > 0; count -= 1) this.watch.unreadable();
    if (events.length === 0) return;
    const batch = events.map(({ id, event }) => logEntry(outboxId, id, event));
    end.seq = await this.log.append(batch, end.seq);
    end.entry = events.at(-1)!.id;
    this.told(events);
  }

  private told(stored: readonly { id: string; event: SessionEvent }[]): void {
    const now = this.clock.now();
    for (const { id, event } of stored) this.watch.stored(event, Math.max(0, now - Number(id.split('-')[0])));
  }
}

/** Drops what was stored while the next is waited for, many in one go. */
class Drops {
  /** Rejects when the last could not be dropped. */
  pending: Promise<void> = Promise.resolve();
  private ids: string[] = [];
  private droppedAt: number;

  constructor(
    private readonly outbox: Pick<Outbox, 'drop'>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.droppedAt = clock.now();
  }

  /** Adds what was stored, perhaps nothing: then there is time. */
  add(ids: readonly string[]): void {
    this.ids.push(...ids);
    const elapsed = Math.abs(this.clock.now() - this.droppedAt);
    if (ids.length === 0 || this.ids.length >= BATCH || elapsed >= DROP_EVERY_MS) this.drop();
  }

  async end(): Promise<void> {
    await this.pending;
    this.drop();
    await this.pending;
  }

  private drop(): void {
    if (this.ids.length === 0) return;
    this.droppedAt = this.clock.now();
    this.pending = this.outbox.drop(this.ids);
    this.pending.catch(() => undefined); // thrown where it is awaited
    this.ids = [];
  }
}

function logEntry(outboxId: string, entry: string, event: SessionEvent): LogEntry {
  return { subject: subjects.session(event.app, event.event), payload: JSON.stringify(event), outboxId, entry };
}
