import type { AlertMessage, RulePreview } from '@deckwatch/contracts';
import { silenceOf } from '../evaluation/silence-watch.ts';
import { targetOf, type Target } from '../evaluation/targets.ts';
import { observe, type Life } from '../lifecycle/alert-life.ts';
import type { ThresholdRule } from './compiled-rule.ts';

/** What a target's figure was, one value each `resolutionMs` from `from` (Unix milliseconds); null: unknown. */
export interface Past {
  from: number;
  resolutionMs: number;
  values: readonly (number | null)[];
}

/** Runs the stored values of a target through the life of an alert. */
export function firings(compiled: ThresholdRule, target: Target, past: Past): RulePreview['wouldHaveFired'] {
  const { forMs, keepMs } = compiled.rule;
  const found: { target: AlertMessage['target']; from: number; to: number | null }[] = [];
  const window = compiled.newWindow();
  let life: Life | null = null;
  for (const [at, value] of past.values.entries()) {
    if (value === null) continue;
    const t = past.from + at * past.resolutionMs;
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
