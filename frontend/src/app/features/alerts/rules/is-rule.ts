import type { StoredRule } from '@deckwatch/contracts';
import { isRecord } from '../../../core/frames.ts';

/** Checked as far as it is shown. */
export function isRule(value: unknown): value is StoredRule {
  return (
    isRecord(value) && typeof value['id'] === 'string' && isRecord(value['condition']) && isRecord(value['select'])
  );
}
