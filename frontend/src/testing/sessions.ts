import type { Session, SessionSource } from '@deckwatch/contracts';

export function aSession(over: Partial<Session> = {}): Session {
  const now = Date.now();
  return {
    app: 'shop',
    id: 's1',
    user: 'ana',
    attrs: {},
    createdAt: now - 60_000,
    lastSeenAt: now - 5000,
    expiresAt: now + 600_000,
    ...over,
  };
}

export function aSource(over: Partial<SessionSource> = {}): SessionSource {
  return {
    name: 'shop-redis',
    app: 'shop',
    kind: 'redis',
    state: 'following',
    fault: null,
    revokes: true,
    runsOn: null,
    countsOnly: false,
    sessions: 1,
    comparedAt: null,
    mended: { created: 0, destroyed: 0 },
    gaps: 0,
    unseen: 0,
    unreadable: { count: 0, latest: [] },
    ...over,
  };
}
