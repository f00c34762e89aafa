import { CLOSE, retryMsOf } from '@deckwatch/contracts/wire';

/** What to do after a connection has ended. */
export type Return =
  /** `spreadMs`: the first wait is anywhere up to that long, so that all who left at once don't come back at once. */
  | { kind: 'back-off'; spreadMs?: number }
  /** Come back then: the gateway gave each of its consoles a moment of its own. */
  | { kind: 'back-off'; askedBackMs: number }
  /** Come back, but not before that many milliseconds. */
  | { kind: 'wait'; ms: number }
  /** Come back only when something has changed: the user signs in, or asks for it. */
  | { kind: 'unauthenticated' }
  | { kind: 'refused' };

const FLOOD_WAIT_MS = 30_000;
/** A thousand consoles of a gateway that restarts come back at 200 a second. */
const SPREAD_MS = 5000;
/** Nobody is kept away for longer, whatever the reason says. */
const LONGEST_ASKED_MS = 60_000;

/** By ranges: 4400 to 4499 don't come back unchanged, everything else does. */
export function afterClose(code: number, reason = ''): Return {
  if (code === CLOSE.tooManyMessages) return { kind: 'wait', ms: FLOOD_WAIT_MS };
  if (code === CLOSE.unauthenticated) return { kind: 'unauthenticated' };
  if (code === CLOSE.restarting) {
    const askedBackMs = retryMsOf(reason);
    return askedBackMs === undefined || askedBackMs > LONGEST_ASKED_MS
      ? { kind: 'back-off', spreadMs: SPREAD_MS }
      : { kind: 'back-off', askedBackMs };
  }
  if (code >= 4400 && code <= 4499) return { kind: 'refused' };
  return { kind: 'back-off' };
}

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Exponential back-off with full jitter: uniform between nothing and 0.5 s · 2^attempt, at most 30 s, so that all
 * consoles of a gateway that restarted do not come back at once.
 * @param attempt failures since the connection last held, from 0
 * @param random in [0, 1)
 */
export function backOffMs(attempt: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16)));
}
