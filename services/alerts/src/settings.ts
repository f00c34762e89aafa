import { COMMON_SETTINGS, REDIS_SETTINGS, secretKey } from '@deckwatch/service-kit';
import { z } from 'zod';
import { MAX_SHARDS } from './evaluation/own-shards.ts';

export const ALERTS_SETTINGS = {
  ...COMMON_SETTINGS,
  ...REDIS_SETTINGS,
  /** Encrypts the secrets of channels; without it none can be kept. */
  DECKWATCH_SECRET_KEY: secretKey.optional(),
  /** Rules, channels and silences (YAML) that nobody changes from the console; read again when it changes. */
  DECKWATCH_RULES_FILE: z.string().min(1).optional(),
  /** In how many shards all instances together evaluate; the same for each of them. */
  DECKWATCH_ALERT_SHARDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_SHARDS, { error: `allowed: 1 to ${MAX_SHARDS}` })
    .default(1),
};
export type AlertsSettings = z.output<z.ZodObject<typeof ALERTS_SETTINGS>>;
