import type { SessionChange } from '../src/registry/session-change.ts';

export const START = 1_800_000_000_000;

/** The start of a session of `shop` by `ada`, received at START, with the sender's own time. */
export function aChange(over: Partial<SessionChange> = {}): SessionChange {
  const at = over.at ?? START;
  const base = { app: 'shop', id: 's-1', op: 'start' as const, user: 'ada', attrs: {}, ttlMs: 60_000 };
  return { ...base, t: at, at, reason: 'login', ...over };
}
