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
/** After a batch it waits for this long, so that what comes meanwhile is moved together. */
const GATHER_MS = 2;

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
    /** Ends after some milliseconds. */
    private readonly gather: (signal: AbortSignal) => Promise<void> = (signal) => pause(systemClock, GATHER_MS, signal),
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
    let dropped: Promise<unknown> = Promise.resolve();
    while (!signal.aborted) {
      // What was stored is dropped while the next is waited for.
      const [entries] = await Promise.all([this.outbox.read(cursor, BATCH, WAIT_MS), dropped]);
      // What was read while the lease ran out is the successor's.
      if (signal.aborted) return;
      await this.store(entries, outboxId, end);
      dropped = this.outbox.drop(entries.map(({ id }) => id));
      dropped.catch(() => undefined); // thrown where it is awaited
      cursor = entries.at(-1)?.id ?? cursor;
      this.watch.fault(null);
      moved();
      if (entries.length > 0 && entries.length < BATCH) await this.gather(signal);
    }
    await dropped;
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

function logEntry(outboxId: string, entry: string, event: SessionEvent): LogEntry {
  return { subject: subjects.session(event.app, event.event), payload: JSON.stringify(event), outboxId, entry };
}
