import { z } from 'zod';
import { AlertMessage, AlertState, AlertTerms } from './alert.ts';
import { Channel, ChannelDraft, ChannelTest, Delivery, DeliveryFilter } from './notification.ts';
import { ContainerId, Timestamp, Token } from './primitives.ts';
import { ProvisioningStatus, RulePreview } from './rule-preview.ts';
import { AlertRuleDraft, StoredRule } from './rule.ts';
import {
  Session,
  SessionCount,
  SessionEvent,
  SessionImpact,
  SessionIngestItem,
  SessionRef,
  SessionRevocation,
  SessionSource,
} from './session.ts';
import { Silence, SilenceDraft } from './silence.ts';
import { STAT_COLS } from './columns.ts';
import { StatsSweep } from './stats.ts';
import { ContainerDetails } from './container.ts';

/**
 * Requests between services: `deckwatch.rpc.<service>.<method>`, answered by one member of the service's queue group
 * with `{ok:true,data}` or `{ok:false,error}`.
 */
export const RpcError = z.object({
  status: z.int().describe('the HTTP status that says the same'),
  message: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type RpcError = z.infer<typeof RpcError>;

export interface RpcMethod<Q extends z.ZodType = z.ZodType, A extends z.ZodType = z.ZodType> {
  request: Q;
  reply: A;
  /** Answered with the data alone, because others than our services ask too. */
  bare?: true;
}
const method = <Q extends z.ZodType, A extends z.ZodType>(request: Q, reply: A): RpcMethod<Q, A> => ({
  request,
  reply,
});

const Nothing = z.object({});
const Page = { limit: z.int().min(1).max(500), cursor: z.string().max(1000).optional() };
const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.int() });
const ById = z.object({ id: Token });

/** `deckwatch.rpc.collector.<host>.<method>`. */
export const COLLECTOR_RPC = {
  latest: { ...method(Nothing, StatsSweep.nullable()), bare: true as const },
};

/** Beside it, what collectors that see an engine answer. 404: no such container; 503: the engine does not answer. */
export const INSPECT_RPC = { inspect: method(z.object({ id: ContainerId }), ContainerDetails) };

export const SESSIONS_RPC = {
  count: method(Nothing, SessionCount),
  list: method(
    z.object({
      ...Page,
      app: Token.optional(),
      user: z.string().optional(),
      search: z.string().optional(),
      sort: z.enum(['lastSeenAt', 'createdAt', 'user']).default('lastSeenAt'),
      order: z.enum(['asc', 'desc']).default('desc'),
    }),
    pageOf(Session),
  ),
  get: method(z.object({ app: Token, id: z.string() }), Session),
  events: method(
    z.object({ ...Page, app: Token.optional(), id: z.string().optional(), from: Timestamp.optional() }),
    pageOf(SessionEvent),
  ),
  /** Who was on apps at moments at which something failed; null: the log does not reach back so far. */
  impact: method(
    z.object({ moments: z.array(z.object({ apps: z.array(Token).min(1).max(100), at: Timestamp })).max(500) }),
    z.object({ items: z.array(SessionImpact.nullable()) }),
  ),
  ingest: method(
    z.object({ items: z.array(SessionIngestItem).max(1000) }),
    z.object({ accepted: z.int(), rejected: z.array(z.object({ index: z.int(), message: z.string() })) }),
  ),
  sources: method(Nothing, z.object({ items: z.array(SessionSource) })),
  revoke: method(
    z.object({ items: z.array(SessionRef).min(1).max(500) }),
    z.object({ items: z.array(SessionRevocation) }),
  ),
};

/** Served by the instance that follows a source, on `sessions.<source>`. */
export const SESSION_SOURCE_RPC = {
  revoke: method(z.object({ id: z.string() }), z.object({ revoked: z.boolean(), why: z.string().nullable() })),
};

export const ALERTS_RPC = {
  rules: method(Nothing, z.object({ items: z.array(StoredRule) })),
  rule: method(ById, StoredRule),
  /** Without `revision`: create; with it: replace that revision, refused with 409 when another came between. */
  saveRule: method(z.object({ rule: AlertRuleDraft, revision: z.int().optional() }), StoredRule),
  deleteRule: method(ById, Nothing),
  previewRule: method(z.object({ rule: AlertRuleDraft }), RulePreview),
  provisioning: method(Nothing, ProvisioningStatus),
  active: method(z.object({ state: AlertState.optional() }), z.object({ items: z.array(AlertMessage) })),
  history: method(
    AlertTerms.extend({ ...Page, from: Timestamp.optional(), to: Timestamp.optional() }),
    pageOf(AlertMessage),
  ),
  /** Answered when it is stored. 404: no such alert lives; 409: it changed meanwhile. */
  ack: method(z.object({ id: z.string(), by: z.string(), note: z.string().max(1000) }), AlertMessage),
  unack: method(z.object({ id: z.string(), by: z.string() }), AlertMessage),
  silences: method(Nothing, z.object({ items: z.array(Silence) })),
  silence: method(ById, Silence),
  /** Without `id`: create; with it: replace that `revision`, or what is there now. */
  saveSilence: method(
    z.object({ silence: SilenceDraft, by: z.string(), id: Token.optional(), revision: z.int().optional() }),
    Silence,
  ),
  deleteSilence: method(ById, Nothing),
  channels: method(Nothing, z.object({ items: z.array(Channel) })),
  channel: method(ById, Channel),
  /** Without an id it is new; `revision`: refused when another came between. */
  saveChannel: method(z.object({ channel: ChannelDraft, id: Token.optional(), revision: z.int().optional() }), Channel),
  deleteChannel: method(ById, Nothing),
  testChannel: method(ById, ChannelTest),
  deliveries: method(DeliveryFilter.extend(Page), pageOf(Delivery)),
  retryDelivery: method(z.object({ id: z.string() }), Delivery),
};

export const HistoryQuery = z.object({
  host: Token,
  id: ContainerId,
  metrics: z.array(z.string()).min(1).max(8),
  from: Timestamp,
  to: Timestamp,
  points: z.int().min(1).max(5000),
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;
/** Buckets of `[t, min, average, max]`. */
export const HistorySeries = z.object({
  series: z.record(z.string(), z.array(z.tuple([Timestamp, z.number(), z.number(), z.number()]))),
  resolutionMs: z.int(),
});
export type HistorySeries = z.infer<typeof HistorySeries>;

/** The latest samples of many containers, for small lines. */
export const RecentQuery = z.object({
  keys: z.array(z.string().max(300)).min(1).max(200).describe('`<host>.<id>`'),
  metric: z.enum(STAT_COLS),
  points: z.int().min(1).max(900).describe('seconds back from now'),
});
export type RecentQuery = z.infer<typeof RecentQuery>;
/** Each container's values second by second from `from`, oldest first; one that is not known is left out. */
export const RecentSeries = z.object({
  metric: z.string(),
  from: Timestamp,
  resolutionMs: z.int(),
  series: z.record(z.string(), z.array(z.number().nullable())),
});
export type RecentSeries = z.infer<typeof RecentSeries>;

export const HISTORY_RPC = { range: method(HistoryQuery, HistorySeries), recent: method(RecentQuery, RecentSeries) };

/** The simulated fleet: `stop` removes it for good, until it is asked for again. */
export const DEMO_RPC = { stop: method(Nothing, Nothing) };

export const RPC = {
  sessions: SESSIONS_RPC,
  alerts: ALERTS_RPC,
  history: HISTORY_RPC,
};
export type RpcTable = Record<string, RpcMethod>;
