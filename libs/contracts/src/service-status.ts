import { z } from 'zod';
import { Timestamp, Token, V1 } from './primitives.ts';

export const SERVICES = ['collector', 'sessions', 'alerts', 'history', 'gateway'] as const;
export const ServiceName = z.enum(SERVICES);
export type ServiceName = z.infer<typeof ServiceName>;

/** `deckwatch.services.<service>.<instance>`, every two seconds. */
export const ServiceStatus = z.object({
  v: V1,
  t: Timestamp,
  service: ServiceName,
  instance: Token,
  version: z.string(),
  startedAt: Timestamp,
  ready: z.boolean(),
  /** The parts that it needs, and what is wrong with each; null: nothing. */
  parts: z.record(z.string(), z.string().nullable()),
  cpu: z.number().nullable().describe('percent of one core'),
  rss: z.number().nullable().describe('bytes'),
  stopping: z.boolean().default(false).describe('said once, when it stops on purpose'),
});
export type ServiceStatus = z.infer<typeof ServiceStatus>;
