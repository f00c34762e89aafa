import { z } from 'zod';
import { Figure, Timestamp, Token, V1 } from './primitives.ts';
import { Severity, TargetKind } from './rule.ts';

export const ALERT_STATES = ['pending', 'firing', 'nodata', 'resolved'] as const;
export const AlertState = z.enum(ALERT_STATES);
export type AlertState = z.infer<typeof AlertState>;

/** One message of an alert's life, on `deckwatch.alerts.<ruleId>.<targetId>`; the last one is the alert's state. */
export const AlertMessage = z.object({
  v: V1,
  id: z
    .string()
    .regex(/^[A-Za-z0-9\-_]+$/)
    .describe('<ruleId>-<targetId>-<how often it began>'),
  seq: z.int().min(1).describe('counts the messages of this id from 1'),
  change: z.enum(['state', 'ack', 'silence', 'inhibit']),
  rule: z.object({
    id: Token,
    name: z.string(),
    version: z.string().optional().describe('changes when what the rule evaluates does'),
  }),
  severity: Severity,
  target: z.object({ kind: TargetKind, key: z.string(), name: z.string(), host: z.string().nullable() }),
  state: AlertState,
  metric: z.string().nullable(),
  value: Figure,
  threshold: Figure,
  since: Timestamp,
  firedAt: Timestamp.nullable(),
  resolvedAt: Timestamp.nullable(),
  t: Timestamp,
  ack: z.object({ by: z.string(), at: Timestamp, note: z.string() }).nullable(),
  silencedBy: z.array(z.string()),
  inhibitedBy: z.string().nullable(),
  reason: z.string().nullable(),
  message: z.string(),
  flapping: z.boolean().optional().describe('it fired 5 times within 10 minutes'),
});
export type AlertMessage = z.infer<typeof AlertMessage>;

/** Which messages of the alerts' log are wanted; each term that is given narrows. */
export const AlertTerms = z.object({
  state: AlertState.optional(),
  severity: Severity.optional(),
  rule: Token.optional().describe('id of the rule'),
  target: z.string().min(1).max(200).optional().describe("part of the target's name or key"),
  alert: AlertMessage.shape.id.max(600).optional().describe('id of one alert: its whole story'),
  news: z
    .enum(['true', 'false'])
    .optional()
    .describe('true: only when an alert fired, lost its data, or was over after that'),
});
export type AlertTerms = z.infer<typeof AlertTerms>;
