import type { Outcome, SessionChange } from '../registry/session-change.ts';

/**
 * Where sessions come from. A source turns what it hears into changes and hands them to a {@link ChangeSink}; what is
 * created and destroyed by them is decided by the registry alone. One that must run in a single instance is started
 * by a lease of its own (see LeasedWork); `ingest` runs in all, sharing by queue group.
 */
export interface SessionSource {
  readonly name: string;
  start(): void;
  stop(): Promise<void>;
}

export interface ChangeSink {
  /** Takes a change whose sender waits. Rejects with {@link NotTaken} when it was not applied, or not surely. */
  submit(change: SessionChange): Promise<Outcome>;
  /** Takes a change whose sender does not wait: kept while Redis is away, as far as the bound allows. */
  push(change: SessionChange): void;
}

/** A change was not applied. Its message is for the sender. */
export class NotTaken extends Error {
  constructor(
    message: string,
    /** Whether the same may work later. */
    readonly retry: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'NotTaken';
  }
}
