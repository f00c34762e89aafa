import type { SessionReason } from '../../registry/session-change.ts';

/** What is over when a key is gone, by the word that Redis has for it. */
export const GONE: Record<string, SessionReason> = {
  del: 'logout',
  expired: 'expired',
  evicted: 'unknown',
  rename_from: 'unknown',
  move_from: 'unknown',
};

/** Told of a key that was not there before; by Redis 7 and later only. */
export const NEW = 'new';

/** Told where a key comes in from another server. */
export const RESTORED = 'restore';

export type KeyStep = { kind: 'begin' } | { kind: 'stay' } | { kind: 'end'; reason: SessionReason };

/**
 * What became of one session while its key had these events, oldest first. Redis says neither whether a `set` made the
 * key nor what it held before, so that is told from what was known: each `begin` and each `end` is one that happened,
 * however soon it was undone; any number of writes in between is one `stay`.
 * @param known whether the session was there before
 */
export function stepsOf(known: boolean, events: readonly string[]): KeyStep[] {
  const steps: KeyStep[] = [];
  let present = known;
  let written = false;
  for (const event of events) {
    const reason = GONE[event];
    if (reason !== undefined) {
      if (present) steps.push({ kind: 'end', reason });
      present = false;
      written = false;
    } else if (!present) {
      steps.push({ kind: 'begin' });
      present = true;
    } else {
      written = true;
    }
  }
  if (written && steps.at(-1)?.kind !== 'begin') steps.push({ kind: 'stay' });
  return steps;
}
