import { faultOf } from '@deckwatch/bus';
import { HISTORY_RPC, type AlertRule, type RulePreview } from '@deckwatch/contracts';
import type { Evaluator } from '../evaluation/evaluator.ts';
import { targetOf } from '../evaluation/targets.ts';
import { compileRule } from './compiled-rule.ts';
import { firings } from './firings.ts';
import { previewSessions, type SessionPreviewParts } from './session-preview.ts';

const MAX_SHOWN = 200;
const POINTS = 900;
const STORED = ['cpu', 'mem', 'rx', 'tx', 'rd', 'wr', 'pids'] as const;
type Stored = (typeof STORED)[number];

/** What a rule would select now, how that stands against its threshold, and when it would have fired lately. */
export async function previewRule(
  rule: AlertRule,
  evaluator: Evaluator,
  parts: SessionPreviewParts,
): Promise<RulePreview> {
  const compiled = compileRule(rule);
  const nothing = { selects: { total: 0, items: [] }, wouldHaveFired: [], from: null, to: null };
  if (!compiled) return { ...nothing, note: 'such a rule has no preview' };
  if (compiled.kind === 'threshold' && rule.target === 'sessions') return previewSessions(compiled, parts);
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
    const series = await parts.bus.call('history', HISTORY_RPC, 'recent', {
      keys,
      metric: metric as Stored,
      points: POINTS,
    });
    const wouldHaveFired = shown.flatMap((target) =>
      firings(compiled, target, { ...series, values: series.series[target.key] ?? [] }),
    );
    const to = series.from + POINTS * series.resolutionMs;
    const note = selected.length > shown.length ? `only the first ${MAX_SHOWN} targets were looked at` : null;
    return { selects, wouldHaveFired, from: series.from, to, note };
  } catch (error) {
    return { ...nothing, selects, note: `history does not answer: ${faultOf(error)}` };
  }
}
