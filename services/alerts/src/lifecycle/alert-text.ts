import { formatDuration, formatPercent, type AlertMessage } from '@deckwatch/contracts';
import type { CompiledRule, EventRule, ThresholdRule } from '../rules/compiled-rule.ts';
import { formatMetric, nameOfMetric } from '../rules/metrics.ts';
import type { Transition } from './alert-life.ts';

/** Added to what is said of an alert that comes and goes; its numbers are those of the desk. */
export const FLAPPING = '(flapping: fired 5 times within 10 min)';
const NAMES = 5;

const CHANGED = { drop: 'down', rise: 'up' } as const;
const OVER: Record<string, string> = { '>': 'over', '>=': 'at or over', '<': 'under', '<=': 'at or under' };

/** One sentence for people: what stands how with which target. */
export function alertText(
  rule: CompiledRule,
  target: AlertMessage['target'],
  said: Transition,
  value: number | null,
): string {
  const who = nameOfTarget(target);
  if (said.state === 'nodata') return `${who}: ${said.reason ?? 'no samples'}`;
  return rule.kind === 'event' ? eventText(rule, who, said, value) : thresholdText(rule, who, said, value);
}

/** A target as a sentence about it begins. */
export function nameOfTarget({ kind, name }: Pick<AlertMessage['target'], 'kind' | 'name'>): string {
  return kind === 'host' ? `Host ${name}` : kind === 'sessions' ? `App ${name}` : name;
}

function thresholdText(
  { condition, rule }: ThresholdRule,
  who: string,
  said: Transition,
  value: number | null,
): string {
  const { metric } = condition;
  const figure = formatMetric(metric, value);
  if (said.state === 'resolved') return resolvedText(who, said, `${nameOfMetric(metric)} is ${figure}`);
  const against =
    'op' in condition
      ? `${OVER[condition.op]} ${formatMetric(metric, condition.value)}`
      : `${CHANGED[condition.change]} by ${formatPercent(condition.percent)} or more within ${formatDuration(condition.withinMs)}`;
  const breach = `${who}: ${nameOfMetric(metric)} is ${figure}, ${against}`;
  if (rule.forMs === 0) return breach;
  const span = formatDuration(rule.forMs);
  return said.state === 'pending' ? `${breach}; fires if that lasts ${span}` : `${breach} for ${span}`;
}

function eventText({ condition }: EventRule, who: string, said: Transition, value: number | null): string {
  const events = condition.event.map(verb).join(' or ');
  if (said.state === 'resolved') return resolvedText(who, said, null);
  const times =
    condition.count > 1 ? ` ${value ?? condition.count} times within ${formatDuration(condition.withinMs)}` : '';
  const why = said.reason ? ` (${said.reason})` : '';
  return `${who} ${events}${times}${why}`;
}

function resolvedText(who: string, said: Transition, figure: string | null): string {
  return [`${who}: ${said.reason ?? 'recovered'}`, ...(figure ? [figure] : [])].join(', ');
}

const VERBS: Record<string, string> = {
  unhealthy: 'is unhealthy',
  oom: 'ran out of memory',
  stopped: 'was stopped',
  restarted: 'was started again',
  removed: 'was removed',
};

function verb(event: string): string {
  return VERBS[event] ?? event;
}

/** A few names, and how many more there are. */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMES).join(', ');
  return names.length > NAMES ? `${shown} and ${names.length - NAMES} more` : shown;
}
