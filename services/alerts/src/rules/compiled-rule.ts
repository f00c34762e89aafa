import { createHash } from 'node:crypto';
import type { AlertRule, ChangeCondition, EventCondition, Selector, ThresholdCondition } from '@deckwatch/contracts';
import { ChangeWindow } from '../evaluation/change-window.ts';
import type { Verdict } from '../lifecycle/alert-life.ts';
import { glob } from './glob.ts';
import { CONTAINER_METRICS, HOST_METRICS, type ReadReport, type ReadRow } from './metrics.ts';

/** What a selector looks at. */
export interface Selectable {
  host: string;
  name: string;
  image: string | null;
  project: string | null;
  service: string | null;
  labels: Readonly<Record<string, string>>;
  /** Of sessions alone. */
  app?: string;
}

interface Compiled {
  readonly rule: AlertRule;
  /** Changes when what the rule evaluates does, not with its name, selector or channels. */
  readonly version: string;
  selects(target: Selectable): boolean;
}

export interface ThresholdRule extends Compiled {
  readonly kind: 'threshold';
  readonly condition: ThresholdCondition | ChangeCondition;
  /** What messages name as the threshold: the level, or the percent of a change. */
  readonly threshold: number;
  readonly readRow: ReadRow;
  readonly readReport: ReadReport;
  /** What a series of a rule on a change remembers; null: nothing. */
  newWindow(): ChangeWindow | null;
  judge(value: number, window: ChangeWindow | null, t: number): Verdict;
}

export interface EventRule extends Compiled {
  readonly kind: 'event';
  readonly condition: EventCondition;
  readonly events: ReadonlySet<string>;
}

export type CompiledRule = ThresholdRule | EventRule;

const UNKNOWN = (): null => null;

/** Prepares a rule for evaluation; undefined for kinds of condition that are not evaluated here. */
export function compileRule(rule: AlertRule): CompiledRule | undefined {
  const { condition, target } = rule;
  const base = { rule, version: versionOf(rule), selects: compileSelector(rule.select) };
  if ('event' in condition) return { ...base, kind: 'event', condition, events: new Set(condition.event) };
  if ('outside' in condition) return undefined;
  return {
    ...base,
    kind: 'threshold',
    condition,
    ...('op' in condition ? compileLevel(condition) : compileChange(condition)),
    readRow: (target === 'container' && CONTAINER_METRICS[condition.metric]) || UNKNOWN,
    readReport: (target === 'host' && HOST_METRICS[condition.metric]) || UNKNOWN,
  };
}

const COMPARE: Record<ThresholdCondition['op'], (value: number, level: number) => boolean> = {
  '>': (value, level) => value > level,
  '>=': (value, level) => value >= level,
  '<': (value, level) => value < level,
  '<=': (value, level) => value <= level,
};

type Judging = Pick<ThresholdRule, 'threshold' | 'newWindow' | 'judge'>;

function compileLevel(condition: ThresholdCondition): Judging {
  return { threshold: condition.value, newWindow: () => null, judge: compileThreshold(condition) };
}

/**
 * Against the highest (lowest) value of the last `withinMs`. Percent of nothing is nothing: from 0 nothing rises. Until
 * the whole time was seen, as after a restart, what does not breach does not resolve either.
 */
function compileChange({ change, percent, withinMs }: ChangeCondition): Judging {
  const drop = change === 'drop';
  const factor = drop ? 1 - percent / 100 : 1 + percent / 100;
  return {
    threshold: percent,
    newWindow: () => new ChangeWindow(withinMs, drop ? 'highest' : 'lowest'),
    judge: (value, window, t) => {
      window?.add(value, t);
      const reference = window?.reference() ?? null;
      const breach = reference !== null && reference > 0 && (drop ? value <= reference * factor : value >= reference * factor); // prettier-ignore
      return breach ? 'breach' : window?.isFull(t) ? 'clear' : 'between';
    },
  };
}

/** Over is over when the same comparison fails on the recovery level. */
function compileThreshold({ op, value: threshold, clear = threshold }: ThresholdCondition): (value: number) => Verdict {
  const past = COMPARE[op];
  return (value) => (past(value, threshold) ? 'breach' : past(value, clear) ? 'between' : 'clear');
}

function compileSelector(select: Selector): (target: Selectable) => boolean {
  const tests: ((target: Selectable) => boolean)[] = [];
  for (const field of ['host', 'name', 'image', 'project', 'service', 'app'] as const) {
    const pattern = select[field];
    if (pattern === undefined) continue;
    const fits = glob(pattern);
    tests.push((target) => fits(target[field] ?? ''));
  }
  for (const [label, pattern] of Object.entries(select.labels ?? {})) {
    const fits = glob(pattern);
    tests.push(({ labels }) => Object.hasOwn(labels, label) && fits(labels[label]!));
  }
  return (target) => tests.every((test) => test(target));
}

function versionOf({ target, condition, forMs, keepMs, severity, noData }: AlertRule): string {
  const evaluated = JSON.stringify([target, sorted(condition), forMs, keepMs, severity, noData]);
  return createHash('sha256').update(evaluated).digest('hex').slice(0, 8);
}

function sorted(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
