import { COMMON_SETTINGS, REDIS_SETTINGS, secretKey } from '@deckwatch/service-kit';
import { z } from 'zod';

export const ALERTS_SETTINGS = {
  ...COMMON_SETTINGS,
  ...REDIS_SETTINGS,
  /** Encrypts the secrets of channels; without it none can be kept. */
  DECKWATCH_SECRET_KEY: secretKey.optional(),
  /** Rules, channels and silences (YAML) that nobody changes from the console; read again when it changes. */
  DECKWATCH_RULES_FILE: z.string().min(1).optional(),
};
export type AlertsSettings = z.output<z.ZodObject<typeof ALERTS_SETTINGS>>;
