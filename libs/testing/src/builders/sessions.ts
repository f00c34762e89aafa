import type { Session, SessionCount, SessionEvent, SessionIngest, SessionIngestItem } from '@deckwatch/contracts';
import { AN_APP, A_MOMENT } from './constants.ts';

export function aSessionEvent(over: Partial<SessionEvent> = {}): SessionEvent {
  return {
    v: 1,
    t: A_MOMENT,
    app: AN_APP,
    id: 's-1',
    user: 'ada',
    event: 'created',
    reason: 'login',
    active: 1,
    delta: 1,
    attrs: {},
    ...over,
  };
}

export function aSessionIngest(over: Partial<SessionIngest> = {}): SessionIngest {
  return { id: 's-1', user: 'ada', op: 'start', ttlMs: 30 * 60_000, attrs: {}, ...over };
}

export function aSessionIngestItem(over: Partial<SessionIngestItem> = {}): SessionIngestItem {
  return { app: AN_APP, ...aSessionIngest(), ...over };
}

export function aSession(over: Partial<Session> = {}): Session {
  return {
    app: AN_APP,
    id: 's-1',
    user: 'ada',
    attrs: {},
    createdAt: A_MOMENT,
    lastSeenAt: A_MOMENT,
    expiresAt: A_MOMENT + 30 * 60_000,
    ...over,
  };
}

export function aSessionCount(over: Partial<SessionCount> = {}): SessionCount {
  return { active: 1, byApp: { [AN_APP]: 1 }, runsOn: [], t: A_MOMENT, ...over };
}
