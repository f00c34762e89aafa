/**
 * JetStream streams and KV buckets with their retention, declared in this one place. Whichever service starts first
 * creates them; all bring them to this shape.
 */
const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

export interface StreamDeclaration {
  name: string;
  subjects: string[];
  description: string;
  maxBytes: number;
  /** 0: no age limit. */
  maxAgeMs: number;
  /** 0: no limit. */
  maxMessagesPerSubject: number;
}

export const STREAMS = {
  CONTAINERS: {
    name: 'CONTAINERS',
    subjects: ['deckwatch.containers.>'],
    description: 'inventory: the last message of a subject is the state of the container, those before it its log',
    maxBytes: 512 * MIB,
    maxAgeMs: 0,
    maxMessagesPerSubject: 256,
  },
  SESSIONS: {
    name: 'SESSIONS',
    subjects: ['deckwatch.sessions.>'],
    description: 'a log of session events; the state of sessions is in Redis',
    maxBytes: 1024 * MIB,
    maxAgeMs: 7 * DAY_MS,
    maxMessagesPerSubject: 0,
  },
  ALERTS: {
    name: 'ALERTS',
    subjects: ['deckwatch.alerts.>'],
    description: 'alerts: the last message of a subject is the state of the alert, those before it its log',
    maxBytes: 256 * MIB,
    maxAgeMs: 0,
    maxMessagesPerSubject: 256,
  },
  LAST_WORDS: {
    name: 'LAST_WORDS',
    subjects: ['deckwatch.lastwords.>'],
    description: 'how containers stood when something happened to them, a few of each',
    maxBytes: 128 * MIB,
    maxAgeMs: 30 * DAY_MS,
    maxMessagesPerSubject: 5,
  },
  AUDIT: {
    name: 'AUDIT',
    subjects: ['deckwatch.audit.>'],
    description:
      'who did what, from where; what was refused on a subject of its own, so that it drives out nothing else',
    maxBytes: 256 * MIB,
    maxAgeMs: 365 * DAY_MS,
    maxMessagesPerSubject: 300_000,
  },
} as const satisfies Record<string, StreamDeclaration>;

/** How long the owner keeps a subject after `removed` or `resolved`. */
export const KEEP_ENDED_MS = 7 * DAY_MS;

export interface BucketDeclaration {
  name: string;
  history: number;
  /** 0: forever. */
  ttlMs: number;
  maxBytes: number;
}

export const BUCKETS = {
  /** Users and their password hashes, in one value: what holds of all of them (never without an admin) is kept by it. */
  users: { name: 'deckwatch_users', history: 1, ttlMs: 0, maxBytes: 8 * MIB },
  /** Keys that sign access tokens, sealed. */
  signingKeys: { name: 'deckwatch_signing_keys', history: 1, ttlMs: 0, maxBytes: MIB },
  /** Each signed-in console's chain of refresh tokens. */
  logins: { name: 'deckwatch_logins', history: 1, ttlMs: 30 * DAY_MS, maxBytes: 64 * MIB },
  /** Tokens of programs, hashed. */
  tokens: { name: 'deckwatch_tokens', history: 1, ttlMs: 0, maxBytes: 4 * MIB },
  flags: { name: 'deckwatch_flags', history: 1, ttlMs: 0, maxBytes: MIB },
  hosts: { name: 'deckwatch_hosts', history: 1, ttlMs: 0, maxBytes: 4 * MIB },
  rules: { name: 'deckwatch_rules', history: 5, ttlMs: 0, maxBytes: 16 * MIB },
  channels: { name: 'deckwatch_channels', history: 1, ttlMs: 0, maxBytes: 4 * MIB },
  /** Times in which nobody is notified of some alerts. */
  silences: { name: 'deckwatch_silences', history: 1, ttlMs: 0, maxBytes: 4 * MIB },
  /** Who does what only one may do at a time, and how far it came. */
  leases: { name: 'deckwatch_leases', history: 1, ttlMs: 0, maxBytes: MIB },
  /** How often an alert began whose subject was purged, so that its ids never come twice. */
  alertCounts: { name: 'deckwatch_alert_counts', history: 1, ttlMs: 90 * DAY_MS, maxBytes: 16 * MIB },
  deliveries: { name: 'deckwatch_deliveries', history: 1, ttlMs: 30 * DAY_MS, maxBytes: 256 * MIB },
} as const satisfies Record<string, BucketDeclaration>;
