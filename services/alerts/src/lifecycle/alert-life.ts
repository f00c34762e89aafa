/**
 * The life of one alert as a state machine: pending → firing → resolved, with nodata apart. Plain functions of the
 * alert as it stands and of what was observed; no clock, no I/O. `null` is an alert that is not there.
 */
export type LiveState = 'pending' | 'firing' | 'nodata';

export interface Life {
  readonly state: LiveState;
  /** When the condition began to hold, Unix milliseconds; of nodata: when that was noticed. */
  readonly since: number;
  readonly firedAt: number | null;
  /** While `keepMs` runs: since when the condition is over, and when that was last seen. */
  readonly clearing: { readonly since: number; readonly seenAt: number } | null;
}

/** What one observation says of the condition; `between`: past the recovery level, not past the threshold. */
export type Verdict = 'breach' | 'between' | 'clear';

export interface Observation {
  t: number;
  verdict: Verdict;
  /** Why, for the message; absent: the figure says it. */
  reason?: string;
}

export interface Timing {
  /** How long the condition must hold before the alert fires. */
  forMs: number;
  /** How long it must be over before a firing alert resolves. */
  keepMs: number;
  /** A longer silence between two observations starts `keepMs` anew. */
  gapMs: number;
}

export interface Transition {
  state: LiveState | 'resolved';
  since: number;
  firedAt: number | null;
  resolvedAt: number | null;
  t: number;
  reason: string | null;
}

export interface Step {
  life: Life | null;
  transitions: readonly Transition[];
}

export const RECOVERED = 'recovered';
export const RECOVERED_EARLY = 'recovered before it fired';
export const SAMPLES_BACK = 'samples are back';

const NONE: readonly Transition[] = [];

/** What follows from a sample or event. */
export function observe(life: Life | null, seen: Observation, timing: Timing): Step {
  if (life === null) return seen.verdict === 'breach' ? begin(seen, timing) : { life, transitions: NONE };
  if (life.state === 'pending') return observePending(life, seen, timing);
  if (life.state === 'firing') return observeFiring(life, seen, timing);
  const ended = end(life, seen.t, SAMPLES_BACK);
  if (seen.verdict !== 'breach') return ended;
  const next = begin(seen, timing);
  return { life: next.life, transitions: [...ended.transitions, ...next.transitions] };
}

/** What follows when samples that should come do not: only what does not fire already becomes `nodata`. */
export function loseSight(life: Life | null, t: number, reason: string): Step {
  if (life !== null && life.state !== 'pending') return { life, transitions: NONE };
  const lost: Life = { state: 'nodata', since: t, firedAt: null, clearing: null };
  return { life: lost, transitions: [transition(lost, t, reason)] };
}

/** Ends an alert for a reason that lies outside its condition: the target is gone, the rule was changed. */
export function end(life: Life | null, t: number, reason: string): Step {
  if (life === null) return { life, transitions: NONE };
  const { since, firedAt } = life;
  return {
    life: null,
    transitions: [{ state: 'resolved', since: Math.min(since, t), firedAt, resolvedAt: t, t, reason }],
  };
}

function begin({ t, reason }: Observation, timing: Timing): Step {
  const life: Life =
    timing.forMs > 0
      ? { state: 'pending', since: t, firedAt: null, clearing: null }
      : { state: 'firing', since: t, firedAt: t, clearing: null };
  return { life, transitions: [transition(life, t, reason ?? null)] };
}

function observePending(life: Life, { t, verdict, reason }: Observation, timing: Timing): Step {
  if (verdict !== 'breach') return end(life, t, reason ?? RECOVERED_EARLY);
  // A host whose clock was set back must not keep the alert pending until the clock has caught up.
  if (t < life.since) return { life: { ...life, since: t }, transitions: NONE };
  if (t - life.since < timing.forMs) return { life, transitions: NONE };
  const firing: Life = { state: 'firing', since: life.since, firedAt: t, clearing: null };
  return { life: firing, transitions: [transition(firing, t, reason ?? null)] };
}

function observeFiring(life: Life, { t, verdict, reason }: Observation, timing: Timing): Step {
  if (verdict !== 'clear') return { life: life.clearing ? { ...life, clearing: null } : life, transitions: NONE };
  const { clearing } = life;
  const goesOn = clearing !== null && t >= clearing.since && t - clearing.seenAt <= timing.gapMs;
  const since = goesOn ? clearing.since : t;
  if (t - since >= timing.keepMs) return end(life, t, reason ?? RECOVERED);
  return { life: { ...life, clearing: { since, seenAt: t } }, transitions: NONE };
}

function transition({ state, since, firedAt }: Life, t: number, reason: string | null): Transition {
  return { state, since, firedAt, resolvedAt: null, t, reason };
}
