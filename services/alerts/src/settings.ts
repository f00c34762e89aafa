import { COMMON_SETTINGS, REDIS_SETTINGS, secretKey } from '@deckwatch/service-kit';
import { z } from 'zod';

export const ALERTS_SETTINGS = {
  ...COMMON_SETTINGS,
  ...REDIS_SETTINGS,
  /** Encrypts the secrets of channels; without it none can be kept. */
  DECKWATCH_SECRET_KEY: secretKey.optional(),
};
export type AlertsSettings = z.output<z.ZodObject<typeof ALERTS_SETTINGS>>;
