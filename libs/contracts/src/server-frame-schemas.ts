import { z } from 'zod';
import { DurationMs, Timestamp } from './primitives.ts';
import { ERROR_CODES } from './server-frames.ts';

/** The data of each frame from the gateway, as schemas: for documents and tests. The types stand in server-frames. */
const Topic = z.string();
const Epoch = z.union([z.string(), z.number()]);
const Seq = z.int().min(0);
const Id = z.union([z.string(), z.number()]);
const ErrorCode = z.enum(ERROR_CODES);
const Moment = z.object({ t: Timestamp });

export const SERVER_FRAMES = {
  welcome: z.object({
    protocol: z.literal(1),
    connection: z.string(),
    user: z.object({ name: z.string(), role: z.string() }),
    flags: z.record(z.string(), z.boolean()),
    heartbeatMs: DurationMs,
    expiresAt: Timestamp.nullable(),
    t: Timestamp,
    version: z.string().optional(),
  }),
  subscribed: z.object({
    id: Id,
    topics: z.array(z.object({ topic: Topic, epoch: Epoch, seq: Seq, recovered: z.boolean() })),
    rejected: z.array(z.object({ topic: z.string(), code: ErrorCode, message: z.string() })),
  }),
  unsubscribed: z.object({ id: Id, topics: z.array(z.string()) }),
  snapshot: z.object({ topic: Topic, epoch: Epoch, seq: Seq, data: z.looseObject({}) }),
  update: z.object({ topic: Topic, epoch: Epoch, seq: Seq, data: z.looseObject({}) }),
  event: z.object({ topic: Topic, epoch: Epoch, seq: Seq, prev: Seq, data: z.looseObject({}) }),
  dropped: z.object({ topic: Topic, count: z.int().min(1) }),
  pong: Moment,
  heartbeat: Moment,
  error: z.object({
    id: Id.optional(),
    code: ErrorCode,
    message: z.string(),
    retry: z.boolean(),
    topic: Topic.optional(),
  }),
};
