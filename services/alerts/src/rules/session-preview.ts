import { faultOf, type Bus } from '@deckwatch/bus';
import { SESSIONS_RPC, type RulePreview, type SessionCount, type SessionEvent } from '@deckwatch/contracts';
import { aboutApp, newTarget, targetOf, type Target } from '../evaluation/targets.ts';
import type { ThresholdRule } from './compiled-rule.ts';
import { firings } from './firings.ts';
import { secondsOf, type SessionMetric, type SessionPast } from './session-past.ts';

export interface SessionPreviewParts {
  bus: Pick<Bus, 'call'>;
  /** Reads back to that moment, Unix milliseconds. */
  past(since: number): Promise<SessionPast>;
}

const LOOK_BACK_MS = 15 * 60_000;
/** What began and ended within a minute is only known of times that lie a minute after the first event. */
const WINDOW_MS = 60_000;
const MAX_SHOWN = 200;
const NOTHING = { selects: { total: 0, items: [] }, wouldHaveFired: [], from: null, to: null };

/** What a rule on sessions selects now, how that stands, and when it would have fired by the log of sessions. */
export async function previewSessions(compiled: ThresholdRule, parts: SessionPreviewParts): Promise<RulePreview> {
  try {
    const count = await parts.bus.call('sessions', SESSIONS_RPC, 'count', {});
    const selected = appsOf(compiled, count);
    const shown = selected.slice(0, MAX_SHOWN);
    const { from, events } = await parts.past(count.t - LOOK_BACK_MS - WINDOW_MS);
    const span = { from: Math.min(from + WINDOW_MS, count.t), to: count.t };
    const untold = new Set(count.countedOnly);
    const byApp = new Map<string, SessionEvent[]>(shown.map(({ key }) => [key, []]));
    for (const event of events) byApp.get(event.app)?.push(event);
    const looked = shown.map((target) => look(compiled, target, { count, span, untold, events: byApp.get(target.key) ?? [] })); // prettier-ignore
    return {
      selects: { total: selected.length, items: looked.map(({ item }) => item) },
      wouldHaveFired: looked.flatMap(({ fired }) => fired),
      ...span,
      note: noteOf(selected.length, shown, untold),
    };
  } catch (error) {
    return { ...NOTHING, note: `the sessions service does not answer: ${faultOf(error)}` };
  }
}

interface Seen {
  count: SessionCount;
  span: { from: number; to: number };
  /** Apps of which no event tells. */
  untold: ReadonlySet<string>;
  events: readonly SessionEvent[];
}

function look(compiled: ThresholdRule, target: Target, { count, span, untold, events }: Seen) {
  const metric = compiled.condition.metric as SessionMetric;
  const active = count.byApp[target.key] ?? 0;
  const values = untold.has(target.key) ? [] : secondsOf(metric, events, { ...span, active });
  const value = metric === 'active' ? active : (values.at(-1) ?? null);
  const verdict = value === null ? null : compiled.judge(value, compiled.newWindow(), 0);
  return {
    item: { target: targetOf(target), value, verdict },
    fired: firings(compiled, target, { from: span.from, resolutionMs: 1000, values }),
  };
}

/** An app that the rule names has no sessions where nobody has heard of it. */
function appsOf({ rule, selects }: ThresholdRule, { byApp }: SessionCount): Target[] {
  const known = Object.keys(byApp).map((app) => newTarget('sessions', app, aboutApp(app)));
  const selected = known.filter((target) => selects(target));
  const { app } = rule.select;
  if (selected.length > 0 || app === undefined || !/^[a-z0-9_-]+$/.test(app)) return selected;
  return [newTarget('sessions', app, aboutApp(app))];
}

function noteOf(total: number, shown: readonly Target[], untold: ReadonlySet<string>): string | null {
  const notes = [
    ...(total > shown.length ? [`only the first ${shown.length} apps were looked at`] : []),
    ...(shown.some(({ key }) => untold.has(key)) ? ['of apps that are only counted no history is kept'] : []),
  ];
  return notes.join('; ') || null;
}
