import { z } from 'zod';
import { Attributes, DurationMs, Timestamp, Token, V1 } from './primitives.ts';

export const SESSION_EVENTS = ['created', 'updated', 'destroyed'] as const;
export const SESSION_REASONS = ['login', 'logout', 'expired', 'revoked', 'unknown'] as const;

export const SessionId = z.string().min(1).max(256);

/** `deckwatch.sessions.<app>.<event>`. */
export const SessionEvent = z.object({
  v: V1,
  t: Timestamp,
  app: Token,
  id: SessionId,
  user: z.string().nullable(),
  event: z.enum(SESSION_EVENTS),
  reason: z.enum(SESSION_REASONS),
  active: z.int().min(0).describe("the app's count after it"),
  delta: z.int(),
  attrs: Attributes,
});
export type SessionEvent = z.infer<typeof SessionEvent>;

/** What an application sends of its own sessions, on `deckwatch.ingest.sessions.<app>`. */
export const SessionIngest = z.object({
  id: SessionId,
  user: z.string().max(256).nullable().default(null),
  op: z.enum(['start', 'touch', 'end']),
  ttlMs: DurationMs.min(1).default(30 * 60_000),
  attrs: Attributes.default({}),
  t: Timestamp.optional(),
});
export type SessionIngest = z.infer<typeof SessionIngest>;

/** The same by REST, where the app stands in the body. */
export const SessionIngestItem = SessionIngest.extend({ app: z.string().min(1).max(128) });
export type SessionIngestItem = z.infer<typeof SessionIngestItem>;

export const IngestReply = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: z.string() }),
]);
export type IngestReply = z.infer<typeof IngestReply>;

/** A live session. */
export const Session = z.object({
  app: Token,
  id: SessionId,
  user: z.string().nullable(),
  attrs: Attributes,
  createdAt: Timestamp,
  lastSeenAt: Timestamp,
  expiresAt: Timestamp.nullable().describe('null: it does not expire by itself'),
});
export type Session = z.infer<typeof Session>;

export const SessionCount = z.object({
  active: z.int().min(0),
  byApp: z.record(z.string(), z.int().min(0)),
  t: Timestamp,
});
export type SessionCount = z.infer<typeof SessionCount>;

/** The app under which Deckwatch's own signed-in consoles are counted. */
export const OWN_APP = 'deckwatch';
