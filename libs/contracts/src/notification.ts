import { z } from 'zod';
import { Timestamp, Token } from './primitives.ts';

/** A webhook, signed as Standard Webhooks (https://www.standardwebhooks.com). */
export const ChannelDraft = z.object({
  name: z.string().min(1).max(100),
  type: z.literal('webhook'),
  url: z.url({ protocol: /^https?$/ }).max(2000),
  secret: z.string().min(16).max(200).optional().describe('whsec_… or any text; never comes back'),
  allowPrivate: z.boolean().default(false).describe('may point to loopback or private addresses'),
});
export type ChannelDraft = z.infer<typeof ChannelDraft>;

/** A channel as it is shown: without its secret. */
export const Channel = ChannelDraft.omit({ secret: true }).extend({
  id: Token,
  hasSecret: z.boolean(),
  revision: z.int(),
});
export type Channel = z.infer<typeof Channel>;

export const DELIVERY_STATES = ['waiting', 'delivered', 'dead', 'superseded'] as const;
export const DeliveryState = z.enum(DELIVERY_STATES);
export type DeliveryState = z.infer<typeof DeliveryState>;

/** One notice to one channel, as the ledger keeps it. */
export const Delivery = z.object({
  id: z.string().describe('<alertId>.<seq>.<channelId>: also the idempotency key'),
  alertId: z.string(),
  seq: z.int(),
  channelId: Token,
  state: DeliveryState,
  attempts: z.int().min(0),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  nextAttemptAt: Timestamp.nullable(),
  outcome: z.string().nullable().describe('what the last attempt was answered'),
});
export type Delivery = z.infer<typeof Delivery>;

export const ChannelTest = z.object({ ok: z.boolean(), status: z.int().nullable(), answer: z.string() });
export type ChannelTest = z.infer<typeof ChannelTest>;
