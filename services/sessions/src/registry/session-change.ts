import type { Attributes, SessionEvent } from '@deckwatch/contracts';

export type SessionReason = SessionEvent['reason'];
export type SessionEventName = SessionEvent['event'];

/** One thing that a source says of a session. */
export interface SessionChange {
  /** As it stands in subjects. */
  app: string;
  id: string;
  op: 'start' | 'touch' | 'end';
  /** null: not known, or not said. */
  user: string | null;
  attrs: Attributes;
  ttlMs: number;
  /** The sender's time, already bounded by {@link boundedTime}; null: the sender gave none. */
  t: number | null;
  /** When it was received, Unix milliseconds. */
  at: number;
  /** When it began, of one that is created, and when it was seen last, both not after `at`; default: `at`. */
  madeAt?: number;
  seenAt?: number;
  /** What the event says when the change creates or destroys the session. */
  reason: SessionReason;
  /**
   * The name of the source that holds the session: it says when it is over, so the registry does not let it expire.
   * A source that holds sessions is followed by one instance at a time, whose changes are taken in their order.
   */
  held?: string;
}

/**
 * What became of a change. `seen`: alive and told nothing new; `pending`: changed, its `updated` follows when the rate
 * allows; `remembered`: the end of a session that was not there; `old` and `ended`: ignored, as it is older than the
 * last word on that id or the session has ended; `full` and `apps`: refused, see {@link RegistryRules}.
 */
export const OUTCOMES = [
  'created',
  'updated',
  'pending',
  'seen',
  'destroyed',
  'remembered',
  'old',
  'ended',
  'full',
  'apps',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface RegistryRules {
  /** An ended id is remembered for the longer of this and its `ttlMs`. */
  rememberMs: number;
  /** At most one `updated` a session in this time; the last state wins. */
  updateEveryMs: number;
  /**
   * Entries of the outbox beyond which nothing is created or destroyed any more. The choice of what gives way when the
   * broker is away for a day: every change of the registry has its event, so when there is no more room for events
   * the registry stands still. Touches are still taken, so nobody who is there expires; starts and ends are answered
   * with an error, for the sender to repeat; expiry waits. Dropping the oldest events instead would leave holes in
   * the log that nobody is told of, and growing on would take the whole Redis down with it. In practice ingest comes
   * over the same broker, so while it is away hardly anything changes. 500,000 entries take about 50 MB.
   */
  outboxLimit: number;
  /** Apps known at a time; each is a label of metrics and an item of `byApp`. */
  appLimit: number;
}

export const USUAL_RULES: RegistryRules = {
  rememberMs: 10 * 60_000,
  updateEveryMs: 5000,
  outboxLimit: 500_000,
  appLimit: 1000,
};

/** The `ttlMs` of a session that its source keeps until it is ended: no expiry. */
export const NEVER_MS = 3_000_000_000_000;

/** How far ahead of ours a sender's clock is taken at its word. */
export const AHEAD_MS = 60_000;

/**
 * The sender's time, bounded: what lies more than a minute ahead of the receipt counts as a minute ahead. A clock that
 * runs a little fast keeps the order of its messages; one that is a year ahead can't make its session deaf to all
 * others for a year, only for that minute, and since the bound moves on with our clock its own later messages are
 * never older than its former ones. Times in the past need no bound: at worst they are ignored.
 */
export function boundedTime(t: number | undefined, at: number): number | null {
  return t === undefined ? null : Math.min(t, at + AHEAD_MS);
}

/** Attributes as text, equal for equal attributes whatever the order of their keys. */
export function attrsText(attrs: Attributes): string {
  const names = Object.keys(attrs);
  if (names.length === 0) return '{}';
  if (names.length === 1) return JSON.stringify(attrs);
  return JSON.stringify(Object.fromEntries(Object.entries(attrs).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** While nobody could hear the senders, silence proves nothing: how long the sessions of before are spared. */
export interface Hearing {
  /** Since when senders can be heard without a break, Unix milliseconds. */
  since: number;
  /** Sessions not heard of since then don't expire before `since + graceMs`. */
  graceMs: number;
}
