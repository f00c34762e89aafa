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

/** Which containers serve which app, as the sources of sessions say: all that belong to a project's service. */
export const AppPlace = z.object({ app: Token, project: z.string(), service: z.string() });
export type AppPlace = z.infer<typeof AppPlace>;

export const SessionCount = z.object({
  active: z.int().min(0),
  byApp: z.record(z.string(), z.int().min(0)),
  runsOn: z.array(AppPlace).default([]).describe('which containers serve the apps, where their sources say so'),
  countedOnly: z.array(Token).optional().describe('apps of whose sessions no event tells'),
  unsure: z
    .array(Token)
    .optional()
    .describe('apps with a source that is not followed just now: their count may be old'),
  t: Timestamp,
});
export type SessionCount = z.infer<typeof SessionCount>;

/** How a source of sessions stands. */
export const SessionSource = z.object({
  name: z.string(),
  app: Token,
  kind: z.enum(['redis', 'http', 'ingest']),
  state: z.enum(['waiting', 'away', 'loading', 'following']).describe('loading: its sessions are being read'),
  fault: z.string().nullable(),
  revokes: z.boolean().describe('whether sessions can be revoked at it'),
  runsOn: z.object({ project: z.string(), service: z.string() }).nullable(),
  countsOnly: z.boolean().describe('it feeds the count of its app alone: there is no list of its sessions'),
  sessions: z.int().min(0),
  comparedAt: Timestamp.nullable().describe('when all of it was last compared'),
  mended: z.object({ created: z.int(), destroyed: z.int() }).describe('what comparing found that no event had told'),
  gaps: z.int().describe('times when events may have been missed'),
  unseen: z.int().describe('sessions whose end was told though their begin never was'),
  unreadable: z.object({
    count: z.int(),
    latest: z.array(z.object({ id: z.string(), why: z.string() })),
  }),
});
export type SessionSource = z.infer<typeof SessionSource>;

/** What became of the sessions of some apps after a moment at which a container that serves them failed. */
export const SessionImpact = z.object({
  apps: z.array(Token),
  before: z.int().min(0).describe('how many were active at that moment'),
  gone: z.int().min(0).describe('how many of all ended within the time after it'),
  withinMs: DurationMs,
});
export type SessionImpact = z.infer<typeof SessionImpact>;

/** Which session: its app and its public id. */
export const SessionRef = z.object({ app: Token, id: SessionId });
export type SessionRef = z.infer<typeof SessionRef>;

/** What became of revoking: `atSource` false: it is ended here, but its source could not be told. */
export const SessionRevocation = SessionRef.extend({
  revoked: z.boolean(),
  atSource: z.boolean(),
  why: z.string().nullable(),
});
export type SessionRevocation = z.infer<typeof SessionRevocation>;

/** The app under which Deckwatch's own signed-in consoles are counted. */
export const OWN_APP = 'deckwatch';
