import { z } from 'zod';
import { STAT_COLS } from './columns.ts';
import { ContainerId, Figure, Timestamp, Token, V1 } from './primitives.ts';

/** Events of a container after which its last words are kept. */
export const LAST_WORDS_EVENTS = ['died', 'oom', 'unhealthy'] as const;

/** How a container stood when something happened to it: `deckwatch.lastwords.<host>.<id>`. */
export const LastWords = z.object({
  v: V1,
  t: Timestamp.describe('when it happened: the same as of the event'),
  host: Token,
  id: ContainerId,
  name: z.string(),
  event: z.enum(LAST_WORDS_EVENTS),
  exitCode: z.int().nullable(),
  oomKilled: z.boolean().nullable(),
  memLimit: Figure.describe('bytes; null: no limit, or unknown'),
  memPeak: Figure.describe('bytes: the most that a sample of this run showed'),
  cols: z.array(z.string()).describe(`of the samples: t, ${STAT_COLS.join(', ')}`),
  samples: z.array(z.array(Figure)).max(60).describe('the latest, oldest first'),
  lines: z
    .array(z.string())
    .max(40)
    .describe('the last lines of its log, oldest first; what looks like a secret is masked'),
  linesReason: z.string().nullable().describe('why there are no lines; null: these are all that were asked for'),
});
export type LastWords = z.infer<typeof LastWords>;
