import { end, loseSight, observe, type Life, type Timing, type Verdict } from './alert-life.ts';

const timing: Timing = { forMs: 30, keepMs: 20, gapMs: 10 };
const atOnce: Timing = { forMs: 0, keepMs: 0, gapMs: 10 };
const pending: Life = { state: 'pending', since: 100, firedAt: null, clearing: null };
const firing: Life = { state: 'firing', since: 100, firedAt: 130, clearing: null };
const fading: Life = { ...firing, clearing: { since: 200, seenAt: 215 } };
const nodata: Life = { state: 'nodata', since: 100, firedAt: null, clearing: null };

const resolved = (t: number, firedAt: number | null, reason: string) => ({
  state: 'resolved',
  since: 100,
  firedAt,
  resolvedAt: t,
  t,
  reason,
});
const begun = (state: 'pending' | 'firing', t: number) => ({
  state,
  since: t,
  firedAt: state === 'firing' ? t : null,
  resolvedAt: null,
  t,
  reason: null,
});

type Row = [
  name: string,
  from: Life | null,
  timing: Timing,
  t: number,
  verdict: Verdict,
  to: Life | null,
  said: object[],
];
const table: Row[] = [
  ['nothing stays nothing while all is well', null, timing, 100, 'clear', null, []],
  ['between the levels nothing begins', null, timing, 100, 'between', null, []],
  ['a breach makes it pending', null, timing, 100, 'breach', pending, [begun('pending', 100)]],
  [
    'without forMs a breach fires at once',
    null,
    atOnce,
    100,
    'breach',
    { ...firing, firedAt: 100 },
    [begun('firing', 100)],
  ],
  ['it stays pending before forMs is over', pending, timing, 129, 'breach', pending, []],
  ['it fires when forMs is over', pending, timing, 130, 'breach', firing, [{ ...begun('firing', 130), since: 100 }]],
  [
    'a pending one that recovers never fired',
    pending,
    timing,
    110,
    'clear',
    null,
    [resolved(110, null, 'recovered before it fired')],
  ],
  [
    'pending needs a breach without a break',
    pending,
    timing,
    110,
    'between',
    null,
    [resolved(110, null, 'recovered before it fired')],
  ],
  ['a clock set back begins the wait anew', pending, timing, 40, 'breach', { ...pending, since: 40 }, []],
  ['it goes on firing while the breach lasts', firing, timing, 140, 'breach', firing, []],
  ['between the levels it goes on firing', firing, timing, 140, 'between', firing, []],
  ['without keepMs it resolves at once', firing, atOnce, 140, 'clear', null, [resolved(140, 130, 'recovered')]],
  ['keepMs holds it back', firing, timing, 200, 'clear', { ...firing, clearing: { since: 200, seenAt: 200 } }, []],
  ['it resolves when keepMs is over', fading, timing, 220, 'clear', null, [resolved(220, 130, 'recovered')]],
  ['a new breach ends the recovery', fading, timing, 218, 'breach', firing, []],
  ['a gap begins keepMs anew', fading, timing, 226, 'clear', { ...firing, clearing: { since: 226, seenAt: 226 } }, []],
  [
    'samples that come back resolve nodata',
    nodata,
    timing,
    150,
    'clear',
    null,
    [resolved(150, null, 'samples are back')],
  ],
  [
    'samples that come back too high begin another',
    nodata,
    timing,
    150,
    'breach',
    { ...pending, since: 150 },
    [resolved(150, null, 'samples are back'), begun('pending', 150)],
  ],
];

describe('the life of an alert', () => {
  it.each(table)('%s', (_name, from, rule, t, verdict, to, said) => {
    expect(observe(from, { t, verdict }, rule)).toEqual({ life: to, transitions: said });
  });

  it.each([
    ['nothing', null, { ...nodata, since: 300 }, 1],
    ['a pending one', pending, { ...nodata, since: 300 }, 1],
    ['a firing one', firing, firing, 0],
    ['one that is without data already', nodata, nodata, 0],
  ] as const)('when samples stay away, %s', (_name, from, to, count) => {
    const step = loseSight(from, 300, 'no samples');
    expect(step.life).toEqual(to);
    expect(step.transitions).toHaveLength(count);
  });

  it.each([
    ['pending', pending, null],
    ['firing', firing, 130],
    ['nodata', nodata, null],
  ] as const)('ends a %s one when its target is gone', (_name, life, firedAt) => {
    expect(end(life, 300, 'container removed')).toEqual({
      life: null,
      transitions: [resolved(300, firedAt, 'container removed')],
    });
  });

  it('has nothing to end where nothing is', () => {
    expect(end(null, 300, 'container removed')).toEqual({ life: null, transitions: [] });
  });

  it('keeps the reason that an event gave', () => {
    expect(observe(null, { t: 1, verdict: 'breach', reason: 'exit code 1' }, atOnce).transitions[0]?.reason).toBe(
      'exit code 1',
    );
  });
});
