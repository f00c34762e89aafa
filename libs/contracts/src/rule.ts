import { z } from 'zod';
import { CONTAINER_EVENTS } from './container.ts';
import { METRICS } from './metrics.ts';
import { DurationMs, Labels, Token } from './primitives.ts';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

export const TargetKind = z.enum(['container', 'host', 'sessions', 'service']);
export type TargetKind = z.infer<typeof TargetKind>;

const Metric = z.string().min(1).max(32);

export const ThresholdCondition = z.strictObject({
  metric: Metric,
  op: z.enum(['>', '>=', '<', '<=']),
  value: z.number(),
  clear: z.number().optional().describe('the recovery level; absent: the same as value'),
});
export const EventCondition = z.strictObject({
  event: z.array(z.enum(CONTAINER_EVENTS).exclude(['seen'])).min(1),
  count: z.int().min(1).max(1000).default(1),
  withinMs: DurationMs.min(1000),
});
export const ChangeCondition = z.strictObject({
  metric: Metric,
  change: z.enum(['drop', 'rise']),
  percent: z.number().positive(),
  withinMs: DurationMs.min(1000),
});
export const PatternCondition = z.strictObject({
  metric: Metric,
  outside: z.literal('pattern'),
  tolerance: z.number().positive(),
});
const CONDITIONS = [ThresholdCondition, EventCondition, ChangeCondition, PatternCondition] as const;

/** What is wrong with a condition, said of the kind that its fields show it is meant to be. */
function explainCondition({ input }: { input?: unknown }): string {
  if (typeof input !== 'object' || input === null) return 'a condition is an object';
  const kind =
    'event' in input
      ? EventCondition
      : 'change' in input
        ? ChangeCondition
        : 'outside' in input
          ? PatternCondition
          : ThresholdCondition;
  const issues = kind.safeParse(input).error?.issues ?? [];
  return issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; ');
}
export const Condition = z.union(CONDITIONS, { error: explainCondition });
export type ThresholdCondition = z.infer<typeof ThresholdCondition>;
export type EventCondition = z.infer<typeof EventCondition>;
export type ChangeCondition = z.infer<typeof ChangeCondition>;
export type Condition = z.infer<typeof Condition>;

/** Globs; what is absent selects all. */
export const Selector = z.object({
  host: z.string().optional(),
  name: z.string().optional(),
  image: z.string().optional(),
  project: z.string().optional(),
  service: z.string().optional(),
  labels: Labels.optional(),
  app: z.string().optional(),
});
export type Selector = z.infer<typeof Selector>;

const RuleFields = z.object({
  id: Token.max(64),
  name: z.string().min(1).max(200),
  enabled: z.boolean().default(true),
  severity: Severity.default('warning'),
  target: TargetKind,
  select: Selector.default({}),
  condition: Condition,
  forMs: DurationMs.default(0),
  keepMs: DurationMs.default(0),
  channels: z.array(Token).max(50).default([]),
  notify: z
    .object({ groupMs: DurationMs.default(10_000), repeatMs: DurationMs.default(0) })
    .default({ groupMs: 10_000, repeatMs: 0 }),
  noData: z.enum(['ignore', 'alert', 'keep']).default('ignore'),
});

type MetricFault = { path: (string | number)[]; message: string };

function metricFault(rule: z.infer<typeof RuleFields>): MetricFault | undefined {
  const { condition, target } = rule;
  if ('event' in condition) {
    return target === 'container'
      ? undefined
      : { path: ['condition', 'event'], message: 'events happen to containers only' };
  }
  const metrics: readonly string[] = METRICS[target];
  if (metrics.includes(condition.metric)) return undefined;
  return {
    path: ['condition', 'metric'],
    message: `a ${target} has no metric "${condition.metric}"; it has ${metrics.join(', ')}`,
  };
}

function checkMetric(rule: z.infer<typeof RuleFields>, context: z.RefinementCtx): void {
  const fault = metricFault(rule);
  if (fault) context.addIssue({ code: 'custom', ...fault });
}

export const AlertRule = RuleFields.superRefine(checkMetric);
export type AlertRule = z.infer<typeof AlertRule>;

/** A rule as a client writes it: what has a default may be left out. */
export const AlertRuleDraft = RuleFields.extend({ id: Token.max(64).optional() });
export type AlertRuleDraft = z.input<typeof AlertRuleDraft>;

/** A stored rule with the revision that the next write must name. */
export const StoredRule = z.object({ ...RuleFields.shape, revision: z.int(), provisioned: z.boolean().default(false) });
export type StoredRule = z.infer<typeof StoredRule>;
