import { z } from 'zod';
import { Timestamp, Token } from './primitives.ts';

const Glob = z.string().min(1).max(500).optional();

/** Globs over an alert and its target; all that are given must fit, and at least one must be given. */
export const SilenceMatchers = z
  .strictObject({
    rule: Glob.describe("the rule's id or name"),
    severity: Glob,
    kind: Glob.describe('container, host, service or sessions'),
    target: Glob.describe("the target's key, as `<host>.<id>` of a container"),
    host: Glob,
    name: Glob,
    image: Glob,
    project: Glob,
    service: Glob,
    app: Glob,
    labels: z.record(z.string().max(200), z.string().max(500)).optional(),
  })
  .refine((matchers) => Object.values(matchers).some((value) => value !== undefined), {
    error: 'name at least one; {"rule":"*"} silences everything',
  });
export type SilenceMatchers = z.infer<typeof SilenceMatchers>;

/** Unix milliseconds, or a time on the wall in the silence's time zone: `2026-11-28T22:00`. */
export const WallTime = z.union(
  [Timestamp, z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/)],
  { error: 'allowed: Unix milliseconds, or a time like 2026-11-28T22:00 in timeZone' },
);

export const SilenceDraft = z.strictObject({
  matchers: SilenceMatchers,
  startsAt: WallTime.optional().describe('default: now'),
  endsAt: WallTime,
  timeZone: z.string().min(1).max(64).default('UTC').describe('IANA name; times on the wall are read in it'),
  comment: z.string().max(1000).default(''),
});
export type SilenceDraft = z.input<typeof SilenceDraft>;

/** A silence as it is kept: nobody is notified of alerts that it matches, from `startsAt` until before `endsAt`. */
export const SilenceRecord = z.object({
  id: Token,
  matchers: SilenceMatchers,
  startsAt: Timestamp,
  endsAt: Timestamp,
  timeZone: z.string(),
  comment: z.string(),
  createdBy: z.string(),
  createdAt: Timestamp,
});
export type SilenceRecord = z.infer<typeof SilenceRecord>;

export const Silence = SilenceRecord.extend({
  state: z.enum(['pending', 'active', 'expired']),
  revision: z.int(),
  provisioned: z.boolean(),
});
export type Silence = z.infer<typeof Silence>;
