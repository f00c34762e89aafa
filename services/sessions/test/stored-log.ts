import { LogMovedOn, type LogEnd, type LogEntry, type SessionLog } from '../src/outbox/session-log.ts';

/** A log in memory that keeps the promises of the real one, and fails on request. */
export class StoredLog implements SessionLog {
  readonly entries: LogEntry[] = [];
  /** Stores that many of the next batch, then the connection breaks. */
  breakAfter: number | null = null;
  /** Called when a batch is about to be stored. */
  beforeAppend?: () => Promise<void>;

  async end(outboxId: string): Promise<LogEnd> {
    const last = this.entries.findLast((entry) => entry.outboxId === outboxId);
    return { seq: this.entries.length, entry: last?.entry ?? null };
  }

  async append(entries: readonly LogEntry[], after: number): Promise<number> {
    await this.beforeAppend?.();
    if (after !== this.entries.length) throw new LogMovedOn();
    const stored = this.breakAfter === null ? entries : entries.slice(0, this.breakAfter);
    this.entries.push(...stored);
    if (this.breakAfter !== null) throw new Error('connection lost');
    return this.entries.length;
  }

  get events(): unknown[] {
    return this.entries.map(({ payload }) => JSON.parse(payload) as unknown);
  }
}
