import { faultOf, type Bus } from '@deckwatch/bus';
import {
  HISTORY_RPC,
  type AlertMessage,
  type AlertRule,
  type RecentSeries,
  type RulePreview,
} from '@deckwatch/contracts';
import type { Evaluator } from '../evaluation/evaluator.ts';
import { silenceOf } from '../evaluation/silence-watch.ts';
import { targetOf, type Target } from '../evaluation/targets.ts';
import { observe, type Life } from '../lifecycle/alert-life.ts';
import { compileRule, type ThresholdRule } from './compiled-rule.ts';

const MAX_SHOWN = 200;
const POINTS = 900;
const STORED = ['cpu', 'mem', 'rx', 'tx', 'rd', 'wr', 'pids'] as const;
type Stored = (typeof STORED)[number];

/** What a rule would select now, how that stands against its threshold, and when it would have fired lately. */
export async function previewRule(rule: AlertRule, evaluator: Evaluator, bus: Pick<Bus, 'call'>): Promise<RulePreview> {
  const compiled = compileRule(rule);
  const nothing = { selects: { total: 0, items: [] }, wouldHaveFired: [], from: null, to: null };
  if (!compiled) return { ...nothing, note: `rules on ${rule.target} have no preview` };
  const selected = evaluator.thresholds.select(compiled);
  const shown = selected.slice(0, MAX_SHOWN);
  const items = shown.map((target) => {
    const value = compiled.kind === 'threshold' ? evaluator.thresholds.valueOf(target, compiled) : null;
    const verdict =
      value === null || compiled.kind !== 'threshold' ? null : compiled.judge(value, compiled.newWindow(), 0);
    return { target: targetOf(target), value, verdict };
  });
  const selects = { total: selected.length, items };
  const { metric } = compiled.kind === 'threshold' ? compiled.condition : { metric: null };
  if (compiled.kind !== 'threshold' || rule.target !== 'container' || !STORED.includes(metric as Stored))
    return { ...nothing, selects, note: 'no history is kept of what this rule looks at' };
  if (shown.length === 0) return { ...nothing, selects, note: null };
  try {
    const keys = shown.map(({ key }) => key);
    const series = await bus.call('history', HISTORY_RPC, 'recent', { keys, metric: metric as Stored, points: POINTS });
    const wouldHaveFired = shown.flatMap((target) => firings(compiled, target, series));
    const to = series.from + POINTS * series.resolutionMs;
    const note = selected.length > shown.length ? `only the first ${MAX_SHOWN} targets were looked at` : null;
    return { selects, wouldHaveFired, from: series.from, to, note };
  } catch (error) {
    return { ...nothing, selects, note: `history does not answer: ${faultOf(error)}` };
  }
}

/** Runs the stored samples of a target through the life of an alert. */
function firings(compiled: ThresholdRule, target: Target, recent: RecentSeries): RulePreview['wouldHaveFired'] {
  const { forMs, keepMs } = compiled.rule;
  const found: { target: AlertMessage['target']; from: number; to: number | null }[] = [];
  const window = compiled.newWindow();
  let life: Life | null = null;
  for (const [at, value] of (recent.series[target.key] ?? []).entries()) {
    if (value === null) continue;
    const t = recent.from + at * recent.resolutionMs;
    const step = observe(
      life,
      { t, verdict: compiled.judge(value, window, t) },
      { forMs, keepMs, gapMs: silenceOf(target) },
    );
    for (const { state, firedAt } of step.transitions) {
      if (state === 'firing') found.push({ target: targetOf(target), from: t, to: null });
      else if (state === 'resolved' && firedAt !== null) found.at(-1)!.to = t;
    }
    life = step.life;
  }
  return found;
}
