import { z } from 'zod';
import { Timestamp, Token } from './primitives.ts';

const HttpUrl = z.url({ protocol: /^https?$/, error: 'allowed: a URL that begins with http:// or https://' }).max(2000);
const Address = z.email().max(254);
/** What is written once and never shown. */
const secret = (what: string) =>
  z.string().min(1).max(2000).nullable().optional().describe(`${what}; absent at a change: stays; null: none`);

const shared = {
  name: z.string().min(1).max(100),
  allowPrivate: z.boolean().default(false).describe('may point to loopback, link-local and private addresses'),
};
/** At most so many notices a minute, spread over it, and so many at the same time. */
const paced = (perMinute: number, concurrency: number) => ({
  perMinute: z.int().min(1).max(6000).default(perMinute),
  concurrency: z.int().min(1).max(32).default(concurrency),
});

/** Each kind of channel with what may be shown of it. */
const webhook = z.object({ type: z.literal('webhook'), ...shared, url: HttpUrl, ...paced(3000, 8) });
const slack = z.object({ type: z.literal('slack'), ...shared, ...paced(60, 1) });
const ntfy = z.object({
  type: z.literal('ntfy'),
  ...shared,
  url: HttpUrl.describe('of the topic: https://ntfy.sh/<topic>'),
  ...paced(60, 2),
});
const email = z.object({
  type: z.literal('email'),
  ...shared,
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'allowed: a name or an address, without a port')
    .describe('of the SMTP server'),
  port: z.int().min(1).max(65_535).default(587),
  security: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('starttls: nothing is sent before TLS began; tls: from the first byte (port 465)'),
  user: z.string().min(1).max(254).nullable().default(null).describe('null: without signing in'),
  from: Address,
  to: z.array(Address).min(1).max(50),
  ...paced(60, 2),
});
const heartbeat = z.object({ type: z.literal('heartbeat'), ...shared });

export const CHANNEL_TYPES = ['webhook', 'slack', 'ntfy', 'email', 'heartbeat'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** Where the secret of each kind stands in what a client writes. */
export const SECRET_FIELDS = {
  webhook: 'secret',
  slack: 'url',
  ntfy: 'token',
  email: 'password',
  heartbeat: 'url',
} as const satisfies Record<ChannelType, string>;

/** A channel as a client writes it. Secrets are taken and never come back. */
export const ChannelDraft = z.discriminatedUnion('type', [
  webhook.extend({ secret: secret('signs notices: whsec_… or plain base64, of 24 to 64 bytes') }),
  slack.extend({ url: HttpUrl.optional().describe('of the incoming webhook; secret; absent at a change: stays') }),
  ntfy.extend({ token: secret('access token') }),
  email.extend({ password: secret('of the user at the SMTP server') }),
  heartbeat.extend({ url: HttpUrl.optional().describe('called each minute; secret; absent at a change: stays') }),
]);
export type ChannelDraft = z.infer<typeof ChannelDraft>;

const channels = <E extends z.ZodRawShape>(extra: E) =>
  z.discriminatedUnion('type', [
    webhook.extend(extra),
    slack.extend(extra),
    ntfy.extend(extra),
    email.extend(extra),
    heartbeat.extend(extra),
  ]);

/** A channel as it is stored: its secret sealed. */
export const StoredChannel = channels({
  id: Token,
  sealed: z.string().nullable(),
  /** Of a URL that is secret. */
  origin: z.string().nullable().default(null),
});
export type StoredChannel = z.infer<typeof StoredChannel>;

/** A channel as it is shown: without its secret. */
export const Channel = channels({
  id: Token,
  hasSecret: z.boolean(),
  revision: z.int(),
  provisioned: z.boolean().default(false).describe('it stands in the rules file and is changed there'),
  destination: z.string().describe('where it leads, in words: of a URL only the server'),
  last: z
    .object({ t: Timestamp, ok: z.boolean(), outcome: z.string() })
    .nullable()
    .describe('what it answered last; null: not called since the service started'),
});
export type Channel = z.infer<typeof Channel>;

export const DELIVERY_STATES = ['waiting', 'delivered', 'dead', 'superseded'] as const;
export const DeliveryState = z.enum(DELIVERY_STATES);
export type DeliveryState = z.infer<typeof DeliveryState>;

/** One attempt and what came of it. */
export const Attempt = z.object({
  t: Timestamp.describe('when it began'),
  tookMs: z.int().min(0),
  ok: z.boolean(),
  outcome: z.string(),
});
export type Attempt = z.infer<typeof Attempt>;

/** One notice to one channel, as the ledger keeps it. */
export const Delivery = z.object({
  id: z.string().describe('<alertId>.<seq>.<channelId>: also the idempotency key'),
  alertId: z.string(),
  seq: z.int(),
  channelId: Token,
  about: z.string().default('').describe('what the notice says, in a line'),
  state: DeliveryState,
  attempts: z.int().min(0),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  nextAttemptAt: Timestamp.nullable(),
  outcome: z.string().nullable().describe('what the last attempt was answered'),
  tries: z.array(Attempt).default([]).describe('the latest attempts, at most 10, oldest first'),
});
export type Delivery = z.infer<typeof Delivery>;

/** Which deliveries are asked for; what is absent selects all. */
export const DeliveryFilter = z.object({
  state: DeliveryState.optional(),
  channel: Token.optional(),
  alert: z.string().max(500).optional().describe('id of an alert'),
  from: Timestamp.optional().describe('made at or after'),
  to: Timestamp.optional().describe('made before'),
});
export type DeliveryFilter = z.infer<typeof DeliveryFilter>;

export const ChannelTest = z.object({
  ok: z.boolean(),
  status: z.int().nullable().describe('of HTTP or SMTP; null: there was no answer'),
  answer: z.string().describe('what was answered, or why nothing was'),
  tookMs: z.int().min(0),
});
export type ChannelTest = z.infer<typeof ChannelTest>;
