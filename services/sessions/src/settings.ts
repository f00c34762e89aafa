import { COMMON_SETTINGS, REDIS_SETTINGS } from '@deckwatch/service-kit';
import { secretKey } from '@deckwatch/service-kit';
import { z } from 'zod';
import { readSources } from './sources/source-settings.ts';

/** What the service reads from the environment. */
export const SESSIONS_SETTINGS = {
  ...COMMON_SETTINGS,
  ...REDIS_SETTINGS,
  REDIS_URL: REDIS_SETTINGS.REDIS_URL.refine((url) => !url.includes(','), 'allowed: one URL').describe(
    'secret: may hold a password',
  ),
  DECKWATCH_SESSION_SOURCES: z
    .string()
    .default('[]')
    .transform((text, context) => {
      try {
        // eslint-disable-next-line no-restricted-syntax -- passwords stand in variables that the file names
        return readSources(text, process.env);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .describe('secret: may hold passwords'),
  DECKWATCH_SECRET_KEY: secretKey.optional(),
};
export type SessionsSettings = Readonly<z.output<z.ZodObject<typeof SESSIONS_SETTINGS>>>;
