import type { AlertRule, Condition, Selector, StoredRule, TargetKind } from '@deckwatch/contracts';
import { METRICS } from '@deckwatch/contracts/wire';
import { readDuration, readFigure, writeDuration, writeFigure } from './quantities.ts';

export const SELECTORS: Record<TargetKind, readonly (keyof Omit<Selector, 'labels'>)[]> = {
  container: ['name', 'host', 'project', 'service', 'image'],
  host: ['host'],
  service: ['project', 'service'],
  sessions: ['app'],
};
export const EVENTS = ['died', 'oom', 'unhealthy', 'restarted', 'stopped', 'started', 'healthy', 'paused', 'unpaused', 'created', 'removed'] as const; // prettier-ignore
const SIZE_METRICS = ['mem', 'rx', 'tx', 'rd', 'wr'];

export type Kind = 'threshold' | 'event' | 'change';

/** A rule while it is written: every field as it is typed. */
export interface RuleForm {
  name: string;
  enabled: boolean;
  severity: AlertRule['severity'];
  target: TargetKind;
  select: Partial<Record<keyof Omit<Selector, 'labels'>, string>>;
  /** `name=value`, comma separated. */
  labels: string;
  kind: Kind;
  metric: string;
  op: '>' | '>=' | '<' | '<=';
  value: string;
  clear: string;
  events: readonly string[];
  count: string;
  within: string;
  change: 'drop' | 'rise';
  percent: string;
  for: string;
  keep: string;
  channels: readonly string[];
  group: string;
  repeat: string;
  noData: AlertRule['noData'];
}

const EMPTY: RuleForm = {
  ...{ name: '', enabled: true, severity: 'warning', target: 'container', select: {}, labels: '' },
  ...{
    kind: 'threshold',
    metric: 'cpu',
    op: '>',
    value: '80',
    clear: '',
    events: ['died'],
    count: '1',
    within: '1 min',
  },
  ...{
    change: 'drop',
    percent: '30',
    for: '30 s',
    keep: '',
    channels: [],
    group: '10 s',
    repeat: '',
    noData: 'ignore',
  },
};

export function formOf(rule: StoredRule | null): RuleForm {
  if (rule === null) return EMPTY;
  const { labels, ...select } = rule.select;
  return {
    ...EMPTY,
    ...{ name: rule.name, enabled: rule.enabled, severity: rule.severity, target: rule.target },
    select: Object.fromEntries(Object.entries(select).filter(([, glob]) => glob !== undefined)),
    labels: Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`).join(', '), // prettier-ignore
    ...conditionTexts(rule.condition),
    ...{ for: writeDuration(rule.forMs), keep: writeDuration(rule.keepMs), channels: rule.channels },
    ...{ group: writeDuration(rule.notify.groupMs), repeat: writeDuration(rule.notify.repeatMs), noData: rule.noData },
  };
}

function conditionTexts(condition: Condition): Partial<RuleForm> {
  if ('event' in condition) {
    return { kind: 'event', events: condition.event, count: String(condition.count), within: writeDuration(condition.withinMs) }; // prettier-ignore
  }
  if ('change' in condition) {
    const { metric, change, percent, withinMs } = condition;
    return { kind: 'change', metric, change, percent: String(percent), within: writeDuration(withinMs) };
  }
  if ('outside' in condition) return { metric: condition.metric };
  const { metric, op, value, clear } = condition;
  const text = (figure: number) => writeFigure(figure, SIZE_METRICS.includes(metric));
  return { kind: 'threshold', metric, op, value: text(value), clear: clear === undefined ? '' : text(clear) };
}

/** The form after one of its fields was changed: what no longer fits the target is put right. */
export function changed(form: RuleForm, change: Partial<RuleForm>): RuleForm {
  const next = { ...form, ...change };
  const metrics: readonly string[] = METRICS[next.target];
  return {
    ...next,
    metric: metrics.includes(next.metric) ? next.metric : metrics[0]!,
    kind: next.kind === 'event' && next.target !== 'container' ? 'threshold' : next.kind,
  };
}

export type Faults = Partial<Record<keyof RuleForm, string>>;
export type RuleDraft = Omit<AlertRule, 'id'>;

/** The rule that the form says, or what cannot be read of it. */
export function readForm(form: RuleForm): { draft: RuleDraft } | { faults: Faults } {
  const faults: Faults = {};
  const figure = (name: 'value' | 'clear' | 'percent' | 'count'): number => {
    const value = readFigure(form[name]);
    if (value === null) faults[name] = 'A figure, as 80 or 500 MiB.';
    return value ?? 0;
  };
  const duration = (name: 'within' | 'for' | 'keep' | 'group' | 'repeat'): number => {
    const ms = form[name].trim() === '' ? 0 : readDuration(form[name]);
    if (ms === null) faults[name] = 'A time, as 30 s or 5 min.';
    return ms ?? 0;
  };
  const labels = form.target === 'container' ? labelsOf(form.labels) : {};
  if (labels === null) faults.labels = 'As name=value, comma separated.';
  if (form.name.trim() === '') faults.name = 'A rule needs a name.';
  const draft: RuleDraft = {
    ...{ name: form.name.trim(), enabled: form.enabled, severity: form.severity, target: form.target },
    select: { ...selectOf(form), ...(labels && Object.keys(labels).length > 0 && { labels }) },
    condition: conditionOf(form, figure, duration),
    ...{ forMs: form.kind === 'event' ? 0 : duration('for'), keepMs: duration('keep') },
    channels: [...form.channels],
    ...{ notify: { groupMs: duration('group'), repeatMs: duration('repeat') }, noData: form.noData },
  };
  if (form.kind === 'event' && form.events.length === 0) faults.events = 'At least one event.';
  return Object.keys(faults).length > 0 ? { faults } : { draft };
}

function conditionOf(
  form: RuleForm,
  figure: (name: 'value' | 'clear' | 'percent' | 'count') => number,
  duration: (name: 'within') => number,
): Condition {
  const { kind, metric, op, change, events } = form;
  if (kind === 'event') {
    return { event: events as never, count: Math.max(1, Math.round(figure('count'))), withinMs: duration('within') };
  }
  if (kind === 'change') return { metric, change, percent: figure('percent'), withinMs: duration('within') };
  return { metric, op, value: figure('value'), ...(form.clear.trim() !== '' && { clear: figure('clear') }) };
}

function selectOf({ target, select }: RuleForm): Selector {
  const typed = SELECTORS[target].map((name) => [name, (select[name] ?? '').trim()] as const);
  return Object.fromEntries(typed.filter(([, glob]) => glob !== ''));
}

function labelsOf(text: string): Record<string, string> | null {
  const parts = text.split(',').map((part) => part.trim()).filter(Boolean); // prettier-ignore
  const pairs = parts.map((part) => /^([^=]+)=(.*)$/.exec(part));
  return pairs.some((pair) => pair === null)
    ? null
    : Object.fromEntries(pairs.map((pair) => [pair![1]!.trim(), pair![2]!.trim()]));
}
