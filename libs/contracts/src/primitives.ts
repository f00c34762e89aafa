import { z } from 'zod';

/** Unix milliseconds. */
export const Timestamp = z.int().min(0).max(8.64e15).describe('Unix milliseconds');
/** A duration in milliseconds. */
export const DurationMs = z
  .int()
  .min(0)
  .max(366 * 86_400_000)
  .describe('milliseconds');
/** A figure that may be unknown. */
export const Figure = z.number().nullable().describe('null: unknown');
/** A host, app or rule as it stands in subjects. */
export const Token = z.string().regex(/^[a-z0-9\-_]{1,255}$/, 'only a-z 0-9 - _');
/** The first 12 hex digits of a container's id. */
export const ContainerId = z.string().regex(/^[0-9a-f]{12}$/, '12 hex digits');
/** Every message on the bus carries the version of its shape. */
export const V1 = z.literal(1);

export const Labels = z.record(z.string(), z.string());
export const Attributes = z.record(
  z.string().max(100),
  z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]),
);
export type Attributes = z.infer<typeof Attributes>;
