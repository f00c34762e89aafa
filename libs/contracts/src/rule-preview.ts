import { z } from 'zod';
import { AlertMessage } from './alert.ts';
import { Figure, Timestamp } from './primitives.ts';

const Target = AlertMessage.shape.target;

/** What a rule selects now, how that stands against its threshold, and when it would have fired. */
export const RulePreview = z.object({
  selects: z.object({
    total: z.int(),
    items: z
      .array(
        z.object({
          target: Target,
          value: Figure,
          verdict: z.enum(['breach', 'between', 'clear']).nullable().describe('null: nothing is known to judge'),
        }),
      )
      .describe('at most 200'),
  }),
  wouldHaveFired: z.array(
    z.object({ target: Target, from: Timestamp, to: Timestamp.nullable().describe('null: it would fire still') }),
  ),
  from: Timestamp.nullable().describe('from when on history was looked at; null: not at all'),
  to: Timestamp.nullable(),
  note: z.string().nullable().describe('what could not be looked at, and why'),
});
export type RulePreview = z.infer<typeof RulePreview>;

/** How the provisioning file stands; with a fault, what was read before holds on. */
export const ProvisioningStatus = z.object({
  file: z.string().nullable(),
  loadedAt: Timestamp.nullable(),
  rules: z.int(),
  channels: z.int().default(0),
  silences: z.int(),
  fault: z.string().nullable(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
});
export type ProvisioningStatus = z.infer<typeof ProvisioningStatus>;
