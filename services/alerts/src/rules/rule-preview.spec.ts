import { AN_ID, A_HOST, A_MOMENT, aRule, containerIdOf } from '@deckwatch/testing';
import { Scene } from '../../test/scene.ts';
import { previewRule } from './rule-preview.ts';
import type { SessionPreviewParts } from './session-preview.ts';

const parts = (call: () => Promise<unknown>): SessionPreviewParts => ({
  bus: { call: call as never },
  past: () => Promise.reject(new Error('nobody asks')),
});
const KEY = `${A_HOST}.${AN_ID}`;
/** History as it would answer: a value a second. */
const historyOf = (values: (number | null)[]) =>
  parts(async () => ({ metric: 'cpu', from: A_MOMENT, resolutionMs: 1000, series: { [KEY]: values } }));
const away = parts(() => Promise.reject(new Error('no answer')));
const rule = aRule({
  select: { name: 'w*' },
  condition: { metric: 'cpu', op: '>', value: 80, clear: 70 },
  forMs: 2000,
});

describe('the preview of a rule', () => {
  it('says what it selects now, with the value and how that stands', async () => {
    const scene = new Scene();
    scene.container({ id: containerIdOf(2), name: 'db' });
    scene.sample({ cpu: 75 });
    const { selects } = await previewRule(rule, scene.evaluator, historyOf([]));
    expect(selects).toMatchObject({ total: 1, items: [{ target: { name: 'web' }, value: 75, verdict: 'between' }] });
  });

  it('says when it would have fired, as the evaluator would have', async () => {
    const values = [95, 95, 10, 95, null, 95, 95, 75, 60, 95, 95, 95];
    const { wouldHaveFired, from } = await previewRule(rule, new Scene().evaluator, historyOf(values));
    expect(from).toBe(A_MOMENT);
    expect(wouldHaveFired.map((one) => [one.from - A_MOMENT, one.to && one.to - A_MOMENT])).toEqual([
      [5000, 8000],
      [11_000, null],
    ]);
  });

  it('says what could not be looked at', async () => {
    const { evaluator } = new Scene();
    expect((await previewRule(rule, evaluator, away)).note).toBe('history does not answer: no answer');
    const event = aRule({ condition: { event: ['died'], count: 1, withinMs: 60_000 } });
    expect(await previewRule(event, evaluator, away)).toMatchObject({
      selects: { total: 1, items: [{ value: null, verdict: null }] },
      note: expect.stringContaining('no history'),
    });
  });
});
