import type { SourceBook } from './source-state.ts';

export type Revocation = { revoked: true } | { revoked: false; why: string };

/** A source that says itself when its sessions are over; one instance at a time follows it. */
export interface HeldSource {
  readonly name: string;
  readonly app: string;
  readonly book: SourceBook;
  /** Follows it until the signal is raised. */
  work(signal: AbortSignal): Promise<void>;
  /** Ends a session at the source. */
  revoke(id: string): Promise<Revocation>;
}
