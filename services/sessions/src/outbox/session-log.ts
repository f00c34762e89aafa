/** Where events end up: a log with one writer at a time. */
export interface SessionLog {
  /** How the log ends. Throws while it can't be reached. */
  end(outboxId: string): Promise<LogEnd>;
  /**
   * Stores entries in their order, the first right after sequence `after`, all in flight together. Resolves with the
   * sequence of the last. On any error some of the first may be stored: ask for `end` again. Throws
   * {@link LogMovedOn} when somebody else wrote meanwhile.
   */
  append(entries: readonly LogEntry[], after: number): Promise<number>;
}

export interface LogEnd {
  seq: number;
  /** The newest entry of that outbox in the log; null: it has none that can be found. */
  entry: string | null;
}

export interface LogEntry {
  subject: string;
  payload: string;
  outboxId: string;
  /** The entry's id in the outbox, `<ms>-<n>`. */
  entry: string;
}

/** The log does not end where the writer thought. */
export class LogMovedOn extends Error {
  constructor(options?: ErrorOptions) {
    super('another writer has written the log', options);
    this.name = 'LogMovedOn';
  }
}

/** Whether one entry id of an outbox (`<ms>-<n>`) comes after another. */
export function comesAfter(id: string, other: string): boolean {
  const [ms = 0, n = 0] = id.split('-').map(Number);
  const [otherMs = 0, otherN = 0] = other.split('-').map(Number);
  return ms > otherMs || (ms === otherMs && n > otherN);
}
