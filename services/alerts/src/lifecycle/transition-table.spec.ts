import { AlertMessage } from '@deckwatch/contracts';
import { anAlertMessage } from '@deckwatch/testing';
import { AlertDesk } from './alert-desk.ts';
import { end, loseSight, observe, type Life, type Step, type Timing, type Verdict } from './alert-life.ts';

/** How an alert may stand. `fading`: firing, while `keepMs` runs. */
const STATES = ['none', 'pending', 'firing', 'fading', 'nodata'] as const;
type State = (typeof STATES)[number];
/** When a sample comes. `gap`: longer after the one before than samples may stay away; `back`: the clock was set back. */
const MOMENTS = ['early', 'due', 'gap', 'back', 'no wait'] as const;
type Moment = (typeof MOMENTS)[number];
const VERDICTS = ['breach', 'between', 'clear'] as const satisfies Verdict[];
type Input = `${Verdict} ${Moment}` | 'samples stay away' | 'the target is gone';
const INPUTS: Input[] = [
  ...VERDICTS.flatMap((verdict) => MOMENTS.map((moment) => `${verdict} ${moment}` as const)),
  'samples stay away',
  'the target is gone',
];

const TIMING: Timing = { forMs: 30, keepMs: 20, gapMs: 10 };
const NO_WAIT: Timing = { ...TIMING, forMs: 0, keepMs: 0 };
const LIVES: Record<State, Life | null> = {
  none: null,
  pending: { state: 'pending', since: 100, firedAt: null, clearing: null },
  firing: { state: 'firing', since: 100, firedAt: 130, clearing: null },
  fading: { state: 'firing', since: 100, firedAt: 130, clearing: { since: 200, seenAt: 215 } },
  nodata: { state: 'nodata', since: 100, firedAt: null, clearing: null },
};
const TIMES: Record<State, Record<Moment, number>> = {
  none: { early: 110, due: 130, gap: 160, back: 40, 'no wait': 110 },
  pending: { early: 129, due: 130, gap: 160, back: 40, 'no wait': 110 },
  firing: { early: 140, due: 160, gap: 400, back: 40, 'no wait': 140 },
  fading: { early: 219, due: 220, gap: 226, back: 190, 'no wait': 219 },
  nodata: { early: 110, due: 130, gap: 160, back: 40, 'no wait': 110 },
};

/** What it becomes, and what is said of it in this order; `anew`: what it waits for begins with this sample. */
const TABLE: Record<Input, Record<State, string>> = {
  // prettier-ignore
  'breach early': { none: 'pending anew: pending', pending: 'pending', firing: 'firing', fading: 'firing', nodata: 'pending anew: resolved, pending' },
  // prettier-ignore
  'breach due': { none: 'pending anew: pending', pending: 'firing: firing', firing: 'firing', fading: 'firing', nodata: 'pending anew: resolved, pending' },
  // prettier-ignore
  'breach gap': { none: 'pending anew: pending', pending: 'firing: firing', firing: 'firing', fading: 'firing', nodata: 'pending anew: resolved, pending' },
  // prettier-ignore
  'breach back': { none: 'pending anew: pending', pending: 'pending anew', firing: 'firing', fading: 'firing', nodata: 'pending anew: resolved, pending' },
  // prettier-ignore
  'breach no wait': { none: 'firing anew: firing', pending: 'firing: firing', firing: 'firing', fading: 'firing', nodata: 'firing anew: resolved, firing' },
  // prettier-ignore
  'between early': { none: 'none', pending: 'none: resolved', firing: 'firing', fading: 'firing', nodata: 'none: resolved' },
  // prettier-ignore
  'between due': { none: 'none', pending: 'none: resolved', firing: 'firing', fading: 'firing', nodata: 'none: resolved' },
  // prettier-ignore
  'between gap': { none: 'none', pending: 'none: resolved', firing: 'firing', fading: 'firing', nodata: 'none: resolved' },
  // prettier-ignore
  'between back': { none: 'none', pending: 'none: resolved', firing: 'firing', fading: 'firing', nodata: 'none: resolved' },
  // prettier-ignore
  'between no wait': { none: 'none', pending: 'none: resolved', firing: 'firing', fading: 'firing', nodata: 'none: resolved' },
  // prettier-ignore
  'clear early': { none: 'none', pending: 'none: resolved', firing: 'fading anew', fading: 'fading', nodata: 'none: resolved' },
  // prettier-ignore
  'clear due': { none: 'none', pending: 'none: resolved', firing: 'fading anew', fading: 'none: resolved', nodata: 'none: resolved' },
  // prettier-ignore
  'clear gap': { none: 'none', pending: 'none: resolved', firing: 'fading anew', fading: 'fading anew', nodata: 'none: resolved' },
  // prettier-ignore
  'clear back': { none: 'none', pending: 'none: resolved', firing: 'fading anew', fading: 'fading anew', nodata: 'none: resolved' },
  // prettier-ignore
  'clear no wait': { none: 'none', pending: 'none: resolved', firing: 'none: resolved', fading: 'none: resolved', nodata: 'none: resolved' },
  // prettier-ignore
  'samples stay away': { none: 'nodata anew: nodata', pending: 'nodata anew: nodata', firing: 'firing', fading: 'fading', nodata: 'nodata' },
  // prettier-ignore
  'the target is gone': { none: 'none', pending: 'none: resolved', firing: 'none: resolved', fading: 'none: resolved', nodata: 'none: resolved' },
};

const pairs = INPUTS.flatMap((input) => STATES.map((state) => [state, input] as const));
const LATER = 300;

function follow(state: State, input: Input): { step: Step; t: number } {
  const life = LIVES[state];
  if (input === 'samples stay away') return { step: loseSight(life, LATER, 'no samples'), t: LATER };
  if (input === 'the target is gone') return { step: end(life, LATER, 'removed'), t: LATER };
  const [verdict, ...moment] = input.split(' ') as [Verdict, ...string[]];
  const t = TIMES[state][moment.join(' ') as Moment];
  return { step: observe(life, { t, verdict }, moment.length > 1 ? NO_WAIT : TIMING), t };
}

function nameOf(life: Life | null, t: number): string {
  if (!life) return 'none';
  if (life.clearing) return life.clearing.since === t ? 'fading anew' : 'fading';
  return life.since === t ? `${life.state} anew` : life.state;
}

describe('the transitions of an alert', () => {
  it('stand in the table, each way to stand with each input, none left out', () => {
    expect(pairs).toHaveLength(17 * 5);
    const written = Object.entries(TABLE).flatMap(([input, row]) => Object.keys(row).map((state) => [state, input]));
    expect(written.map(String).sort()).toEqual(pairs.map(String).sort());
  });

  it.each(pairs)('%s, %s', (state, input) => {
    const { step, t } = follow(state, input);
    const said = step.transitions.map((one) => one.state).join(', ');
    expect([nameOf(step.life, t), ...(said ? [said] : [])].join(': ')).toBe(TABLE[input][state]);
  });

  it.each(pairs)('%s, %s: what is said has the times of the alert and of the moment', (state, input) => {
    const { step, t } = follow(state, input);
    for (const { state: said, t: at, since, firedAt, resolvedAt } of step.transitions) {
      expect(at).toBe(t);
      expect(since).toBeLessThanOrEqual(t);
      expect(resolvedAt).toBe(said === 'resolved' ? t : null);
      const fired = said === 'firing' ? t : said === 'resolved' ? (LIVES[state]?.firedAt ?? null) : null;
      expect(firedAt).toBe(fired);
    }
    const { life } = step;
    if (life) expect(life.firedAt === null).toBe(life.state !== 'firing');
  });
});

const MARKS = {
  ack: { ack: { by: 'ada', at: LATER, note: 'on it' } },
  unack: { ack: null },
  silence: { silencedBy: ['night'] },
  inhibit: { inhibitedBy: 'host-gone-1' },
} as const;
const STORED = ['pending', 'firing', 'nodata', 'resolved'] as const satisfies AlertMessage['state'][];
const marked = STORED.flatMap((state) =>
  Object.keys(MARKS).map((mark) => [state, mark as keyof typeof MARKS] as const),
);

describe('what else becomes of an alert', () => {
  it.each(marked)('%s, %s: is said of what lives, and changes no state', (state, mark) => {
    const said: AlertMessage[] = [];
    const desk = new AlertDesk((_subject, message) => said.push(message));
    const before = anAlertMessage({ state, seq: 4 });
    const track = desk.restore('deckwatch.alerts.busy.alpha-0123456789ab', before);
    const { life } = track;
    desk.mark(track, mark === 'unack' ? 'ack' : mark, MARKS[mark] as Partial<AlertMessage>, before.t + 1);
    expect(track.life).toBe(life);
    const change = mark === 'unack' ? 'ack' : mark;
    const wanted = { ...before, ...MARKS[mark], change, seq: 5, t: before.t + 1 };
    expect(said).toEqual(state === 'resolved' ? [] : [wanted]);
  });
});
