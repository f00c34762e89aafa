import { z } from 'zod';
import { ALERT_ENDPOINTS } from './alert-endpoints.ts';
import { endpoint, idParam, Moment, pageOf, Paging } from './endpoint.ts';
import {
  Account,
  ApiToken,
  ApiTokenDraft,
  AuditEntry,
  LoginAnswer,
  NewPassword,
  Password,
  RoleName,
  SignedIn,
  Username,
} from './account.ts';
import { Container, ContainerDetails, ContainerState, Happening } from './container.ts';
import { Host } from './host.ts';
import { LastWords } from './last-words.ts';
import { Channel, ChannelDraft, ChannelTest, Delivery, DeliveryFilter } from './notification.ts';
import { ContainerId, Timestamp } from './primitives.ts';
import { HistorySeries, RecentSeries } from './rpc.ts';
import {
  Session,
  SessionCount,
  SessionEvent,
  SessionIngestItem,
  SessionRef,
  SessionRevocation,
  SessionSource,
} from './session.ts';
import { STAT_COLS } from './columns.ts';
import { token } from './subjects.ts';

export type { Endpoint } from './endpoint.ts';

/** A host or app by its name, as people write it: taken as it stands in subjects. */
const Name = z
  .string()
  .min(1)
  .max(255)
  .transform(token)
  .describe('case and characters outside a-z 0-9 - _ make no difference');
/** Keys of containers, `<host>.<id>`, with commas between. */
const Keys = z
  .string()
  .max(16_000)
  .transform((text) => [...new Set(text.split(',').filter(Boolean))])
  .pipe(z.array(z.string()).min(1).max(200));
const Order = z.enum(['asc', 'desc']);

/** The latest sample of a container, named; null: none. */
const Figures = z
  .object({
    t: Timestamp,
    cpu: z.number().nullable(),
    mem: z.number().nullable(),
    memLimit: z.number().nullable(),
    rx: z.number().nullable(),
    tx: z.number().nullable(),
    rd: z.number().nullable(),
    wr: z.number().nullable(),
    pids: z.number().nullable(),
  })
  .nullable();
export const ContainerWithStats = Container.extend({
  stats: Figures,
  sessions: z.int().nullable().describe('active sessions of the apps that it serves; null: none is known to run on it'),
});
export type ContainerWithStats = z.infer<typeof ContainerWithStats>;

export const CONTAINER_SORTS = [
  'name',
  'host',
  'state',
  'cpu',
  'mem',
  'rx',
  'tx',
  'rd',
  'wr',
  'pids',
  'startedAt',
  'restarts',
] as const;

const containerParams = z.object({ host: Name, id: ContainerId });

/**
 * The REST API, one entry an endpoint: the gateway's routes, their validation, their roles and the OpenAPI document
 * all come from here.
 */
export const ENDPOINTS = {
  login: endpoint({
    method: 'post', path: '/auth/login', tag: 'accounts', role: 'anyone', audited: false,
    summary: 'Sign in: an access token, and the two cookies of the console',
    body: z.object({ username: z.string().max(256), password: Password }), answer: LoginAnswer,
  }),
  refresh: endpoint({
    method: 'post', path: '/auth/refresh', tag: 'accounts', role: 'anyone', audited: false,
    summary: 'A new access token for the refresh cookie, which is rotated', answer: LoginAnswer,
  }),
  logout: endpoint({
    method: 'post', path: '/auth/logout', tag: 'accounts', role: 'anyone', status: 204, audited: false,
    summary: 'Sign out: the cookies, and all that came from them, are worth nothing any more',
  }),
  me: endpoint({ method: 'get', path: '/auth/me', tag: 'accounts', summary: 'Who one is', answer: SignedIn }),
  changePassword: endpoint({
    method: 'put', path: '/auth/password', tag: 'accounts', status: 204, audited: false,
    summary: "Change one's own password; everywhere else one is signed out",
    body: z.object({ current: Password, next: NewPassword }),
  }),
  listUsers: endpoint({
    method: 'get', path: '/users', tag: 'accounts', role: 'admin', summary: 'All users',
    query: z.object(Paging), answer: pageOf(Account),
  }),
  createUser: endpoint({
    method: 'post', path: '/users', tag: 'accounts', role: 'admin', status: 201, summary: 'Create a user', audited: false,
    body: z.object({ username: Username, password: NewPassword, role: RoleName }), answer: Account,
  }),
  changeUser: endpoint({
    method: 'patch', path: '/users/{username}', tag: 'accounts', role: 'admin', audited: false,
    summary: "Change a user's role or password, disable or enable him; he is signed out everywhere",
    params: z.object({ username: Username }),
    body: z.object({ role: RoleName.optional(), disabled: z.boolean().optional(), password: NewPassword.optional() }),
    answer: Account,
  }),
  deleteUser: endpoint({
    method: 'delete', path: '/users/{username}', tag: 'accounts', role: 'admin', status: 204, audited: false,
    summary: 'Delete a user; never the last admin', params: z.object({ username: Username }),
  }),
  listTokens: endpoint({
    method: 'get', path: '/tokens', tag: 'accounts', role: 'admin', summary: 'Tokens of programs, without the tokens',
    query: z.object(Paging), answer: pageOf(ApiToken),
  }),
  createToken: endpoint({
    method: 'post', path: '/tokens', tag: 'accounts', role: 'admin', status: 201, audited: false,
    summary: 'Create a token for a program; it is shown this once',
    body: ApiTokenDraft, answer: ApiToken.extend({ token: z.string() }),
  }),
  deleteToken: endpoint({
    method: 'delete', path: '/tokens/{id}', tag: 'accounts', role: 'admin', status: 204, audited: false,
    summary: 'Delete a token', params: idParam,
  }),
  listAudit: endpoint({
    method: 'get', path: '/audit', tag: 'accounts', role: 'admin', summary: 'Who did what, newest first',
    query: z.object(Paging), answer: pageOf(AuditEntry),
  }),
  listHosts: endpoint({
    method: 'get', path: '/hosts', tag: 'hosts', summary: 'All hosts with their latest totals',
    query: z.object(Paging), answer: pageOf(Host),
  }),
  forgetHost: endpoint({
    method: 'delete', path: '/hosts/{host}', tag: 'hosts', role: 'admin', status: 204,
    summary: 'Forget a host that is gone, and its inventory', params: z.object({ host: Name }),
  }),
  listContainers: endpoint({
    method: 'get', path: '/containers', tag: 'containers', summary: 'Containers with their latest sample',
    query: z.object({
      ...Paging,
      search: z.string().max(200).optional(),
      host: Name.optional(),
      state: ContainerState.optional(),
      project: z.string().max(200).optional(),
      sort: z.enum(CONTAINER_SORTS).default('name'),
      order: Order.default('asc'),
    }),
    answer: pageOf(ContainerWithStats),
  }),
  getContainer: endpoint({
    method: 'get', path: '/containers/{host}/{id}', tag: 'containers',
    summary: 'One container, with what its engine knows of it', params: containerParams,
    answer: ContainerWithStats.extend({
      details: ContainerDetails.nullable(),
      detailsReason: z.string().nullable().describe('why there are no details'),
    }),
  }),
  lastWords: endpoint({
    method: 'get', path: '/containers/{host}/{id}/last-words', tag: 'containers',
    summary: 'How it stood the last times it died, ran out of memory or became unhealthy, newest first', params: containerParams,
    answer: z.object({ items: z.array(LastWords).max(5) }),
  }),
  recentHistory: endpoint({
    method: 'get', path: '/containers/history', tag: 'containers',
    summary: 'The latest samples of many containers, second by second, for small lines',
    query: z.object({
      metric: z.enum(STAT_COLS).default('cpu'),
      points: z.coerce.number().int().min(1).max(900).default(60),
      keys: Keys.describe('`<host>.<id>`, with commas between, at most 200'),
    }),
    answer: RecentSeries,
  }),
  listEvents: endpoint({
    method: 'get', path: '/events', tag: 'containers',
    summary: 'What happened to containers, newest first: to all, to those of a host, or to one',
    query: z.object({
      ...Paging,
      host: Name.optional(),
      container: z
        .string()
        .regex(/^[a-z0-9_-]+\.[0-9a-f]{12}$/, 'allowed: <host>.<id>')
        .optional(),
    }),
    answer: pageOf(Happening),
  }),
  containerHistory: endpoint({
    method: 'get', path: '/containers/{host}/{id}/history', tag: 'containers',
    summary: 'Samples of one container over a range, as [t, min, average, max]', params: containerParams,
    query: z.object({
      metrics: z.string().max(200).default('cpu,mem'),
      from: Moment.optional(),
      to: Moment.optional(),
      points: z.coerce.number().int().min(1).max(5000).default(300),
    }),
    answer: HistorySeries,
  }),
  countSessions: endpoint({
    method: 'get', path: '/sessions/count', tag: 'sessions', summary: 'Active sessions, in all and by app', answer: SessionCount,
  }),
  listSessions: endpoint({
    method: 'get', path: '/sessions', tag: 'sessions', summary: 'Active sessions',
    query: z.object({
      ...Paging,
      app: Name.optional(),
      user: z.string().max(256).optional(),
      search: z.string().max(200).optional(),
      sort: z.enum(['lastSeenAt', 'createdAt', 'user']).default('lastSeenAt'),
      order: Order.default('desc'),
    }),
    answer: pageOf(Session),
  }),
  sessionEvents: endpoint({
    method: 'get', path: '/sessions/events', tag: 'sessions', summary: 'The latest session events, newest first',
    query: z.object({
      ...Paging,
      app: Name.optional(),
      id: z.string().max(256).optional().describe('of one session; a page may end early, with a cursor to go on'),
      from: Moment.optional().describe('nothing older'),
    }),
    answer: pageOf(SessionEvent),
  }),
  getSession: endpoint({
    method: 'get', path: '/sessions/{app}/{id}', tag: 'sessions', summary: 'One session',
    params: z.object({ app: Name, id: z.string().max(256) }), answer: Session,
  }),
  sessionSources: endpoint({
    method: 'get', path: '/sessions/sources', tag: 'sessions', summary: 'Where sessions come from, and how that stands',
    answer: z.object({ items: z.array(SessionSource) }),
  }),
  revokeSession: endpoint({
    method: 'delete', path: '/sessions/{app}/{id}', tag: 'sessions', role: 'admin',
    summary: 'End a session at its source; 409 where the source can not',
    params: z.object({ app: Name, id: z.string() }), answer: SessionRevocation,
  }),
  revokeSessions: endpoint({
    method: 'post', path: '/sessions/bulk-delete', tag: 'sessions', role: 'admin',
    summary: 'End sessions at their sources; the answer says what could not be ended, and why',
    body: z.object({ items: z.array(SessionRef).min(1).max(500) }), answer: z.object({ items: z.array(SessionRevocation) }),
  }),
  ingestSessions: endpoint({
    method: 'post', path: '/ingest/sessions', tag: 'sessions', role: 'admin', scope: 'ingest', audited: false,
    summary: 'What an application tells of its own sessions: one item or an array',
    body: z.union([SessionIngestItem, z.array(z.unknown()).max(1000)]),
    answer: z.object({ accepted: z.int(), rejected: z.array(z.object({ index: z.int(), message: z.string() })) }),
  }),
  exportMetrics: endpoint({
    method: 'get', path: '/export/metrics.csv', tag: 'export', summary: 'Samples as CSV: time, host, container, id, metric, min, avg, max',
    query: z.object({
      from: Moment.optional().describe('default: 15 minutes before `to`'),
      to: Moment.optional().describe('default: now'),
      metrics: z.string().max(200).default('cpu,mem,rx,tx,rd,wr,pids'),
      containers: Keys.optional().describe('`<host>.<id>`, with commas between; default: all'),
      points: z.coerce.number().int().min(1).max(5000).default(900).describe('lines a container and metric at most'),
    }),
    type: 'text/csv', answer: z.string(),
  }),
  exportSessions: endpoint({
    method: 'get', path: '/export/sessions.csv', tag: 'export', summary: 'Active sessions as CSV',
    type: 'text/csv', answer: z.string(),
  }),
  exportAlerts: endpoint({
    method: 'get', path: '/export/alerts.csv', tag: 'export', summary: 'Alert messages as CSV, newest first',
    query: z.object({ from: Moment.optional(), to: Moment.optional() }), type: 'text/csv', answer: z.string(),
  }),
  ...ALERT_ENDPOINTS,
  listChannels: endpoint({
    method: 'get', path: '/channels', tag: 'notifications', summary: 'Channels, without their secrets',
    query: z.object(Paging), answer: pageOf(Channel),
  }),
  createChannel: endpoint({
    method: 'post', path: '/channels', tag: 'notifications', role: 'admin', summary: 'Create a channel', status: 201,
    body: ChannelDraft, answer: Channel,
  }),
  getChannel: endpoint({
    method: 'get', path: '/channels/{id}', tag: 'notifications', summary: 'One channel, without its secret', params: idParam, answer: Channel,
  }),
  replaceChannel: endpoint({
    method: 'put', path: '/channels/{id}', tag: 'notifications', role: 'admin',
    summary: 'Replace a channel; refused with 409 when it was changed since `revision`', params: idParam,
    query: z.object({ revision: z.coerce.number().int().optional() }), body: ChannelDraft, answer: Channel,
  }),
  deleteChannel: endpoint({
    method: 'delete', path: '/channels/{id}', tag: 'notifications', role: 'admin', summary: 'Delete a channel', status: 204, params: idParam,
  }),
  testChannel: endpoint({
    method: 'post', path: '/channels/{id}/test', tag: 'notifications', role: 'admin',
    summary: 'Send a test notice now and show the real answer', params: idParam, answer: ChannelTest,
  }),
  listDeliveries: endpoint({
    method: 'get', path: '/deliveries', tag: 'notifications', summary: 'Notices and what became of them, newest first',
    query: z.object({ ...Paging, ...DeliveryFilter.shape, from: Moment.optional(), to: Moment.optional() }),
    answer: pageOf(Delivery),
  }),
  retryDelivery: endpoint({
    method: 'post', path: '/deliveries/{id}/retry', tag: 'notifications', role: 'admin', summary: 'Try a dead delivery again',
    params: z.object({ id: z.string().max(500) }), answer: Delivery,
  }),
  listFlags: endpoint({
    method: 'get', path: '/flags', tag: 'flags', summary: 'All flags', answer: z.record(z.string(), z.boolean()),
  }),
  setFlag: endpoint({
    method: 'put', path: '/flags/{name}', tag: 'flags', role: 'admin', summary: 'Switch a flag',
    params: z.object({ name: z.string().max(64) }), body: z.object({ value: z.boolean() }),
    answer: z.record(z.string(), z.boolean()),
  }),
} as const; // prettier-ignore
export type EndpointName = keyof typeof ENDPOINTS;

/** RFC 9457, as every error of the REST API is answered. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
