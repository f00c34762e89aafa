import { RevisionConflict, type Bucket } from '@deckwatch/bus';
import type { AlertRule } from '@deckwatch/contracts';
import { z } from 'zod';
import { defaultRules } from './default-rules.ts';

export const SeedMark = z.object({ seededAt: z.int() });
export type SeedMark = z.infer<typeof SeedMark>;
const KEY = 'default-rules';

/**
 * Creates the built-in rules on the very first start. The mark is set when all of them are there, and keeps a rule that
 * was deleted from coming back; where the first start died half-way, the rest follows on the next.
 */
export async function seedRules(
  rules: Pick<Bucket<AlertRule>, 'create'>,
  marks: Pick<Bucket<SeedMark>, 'get' | 'put'>,
  now: number,
): Promise<boolean> {
  if (await marks.get(KEY)) return false;
  for (const rule of defaultRules()) {
    await rules.create(rule.id, rule).catch((error: unknown) => {
      if (!(error instanceof RevisionConflict)) throw error;
    });
  }
  await marks.put(KEY, { seededAt: now });
  return true;
}
