import { z } from 'zod';

/** Frames from a client. What it sends is checked against these and nothing else. */
const TopicName = z.string(); // one that is no topic is told as such, and the others of its frame are served
/** More than a frame holds: what a connection may have is limited by the gateway, which says so per topic. */
const MANY = 20_000;
const RequestId = z.union([z.string().max(100), z.number()]);
const Position = z.object({ epoch: z.union([z.string().max(100), z.number()]), seq: z.int().min(0) });

export const Hello = z.object({
  protocol: z.literal(1),
  token: z.string().max(8192).optional(),
  batch: z.boolean().default(false),
  /**
   * Random, of the client's choice and known to nobody else. The same again after 4009: it is still the same session of
   * the app `deckwatch`; another after every other end.
   */
  console: z.string().min(16).max(64).optional(),
});
export type Hello = z.infer<typeof Hello>;
export const Subscribe = z.object({
  id: RequestId,
  topics: z.array(TopicName).min(1).max(MANY),
  rateMs: z.int().min(100).max(60_000).optional(),
  keys: z.array(z.string().max(300)).max(MANY).optional(),
  since: z.record(TopicName, Position).optional(),
});
export type Subscribe = z.infer<typeof Subscribe>;
export const Unsubscribe = z.object({ id: RequestId, topics: z.array(TopicName).min(1).max(MANY) });
export const Refresh = z.object({ token: z.string().min(1).max(8192) });
export const Ping = z.looseObject({});

export const ClientFrame = z.discriminatedUnion('event', [
  z.object({ event: z.literal('hello'), data: Hello }),
  z.object({ event: z.literal('subscribe'), data: Subscribe }),
  z.object({ event: z.literal('unsubscribe'), data: Unsubscribe }),
  z.object({ event: z.literal('refresh'), data: Refresh }),
  z.object({ event: z.literal('ping'), data: Ping }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;
