import type { SessionEvent } from '@deckwatch/contracts';
import { A_MOMENT, aRule, aSessionCount, aSessionEvent } from '@deckwatch/testing';
import { Scene } from '../../test/scene.ts';
import { previewRule } from './rule-preview.ts';

const MINUTE = 60_000;
const NOW = A_MOMENT + 16 * MINUTE;
const rule = (over: object = {}) =>
  aRule({ target: 'sessions', condition: { metric: 'active', op: '>', value: 10 }, ...over });
const preview = (draft = rule(), events: SessionEvent[] = [], count = {}) =>
  previewRule(draft, new Scene().evaluator, {
    bus: { call: async () => aSessionCount({ byApp: { shop: 12, wiki: 3 }, t: NOW, ...count }) as never },
    past: async (from) => ({ from, events }),
  });
const at = (minutes: number, over: Partial<SessionEvent>) => aSessionEvent({ t: A_MOMENT + minutes * MINUTE, ...over });

describe('the preview of a rule on sessions', () => {
  it('says which apps it selects, and how they stand', async () => {
    const { selects } = await preview();
    expect(selects).toMatchObject({
      total: 2,
      items: [
        { target: { kind: 'sessions', key: 'shop', name: 'shop', host: null }, value: 12, verdict: 'breach' },
        { target: { key: 'wiki' }, value: 3, verdict: 'clear' },
      ],
    });
    expect((await preview(rule({ select: { app: 'w*' } }))).selects.items.map(({ target }) => target.key)).toEqual(['wiki']); // prettier-ignore
  });

  it('takes an app that nobody has heard of for one without sessions', async () => {
    const none = rule({ select: { app: 'mail' }, condition: { metric: 'active', op: '<', value: 1 } });
    expect((await preview(none)).selects.items).toMatchObject([{ target: { key: 'mail' }, value: 0, verdict: 'breach' }]); // prettier-ignore
  });

  it('says by the log when it would have fired', async () => {
    const events = [
      at(5, { active: 11, delta: 1 }),
      at(7, { active: 8, delta: -1, event: 'destroyed' }),
      at(9, { active: 12, delta: 1 }),
    ];
    const { wouldHaveFired, from, to } = await preview(rule({ select: { app: 'shop' }, forMs: MINUTE }), events);
    expect([from, to]).toEqual([A_MOMENT + MINUTE, NOW]);
    expect(wouldHaveFired.map((one) => [one.from, one.to].map((t) => t && (t - A_MOMENT) / MINUTE))).toEqual([
      [6, 7],
      [10, null],
    ]);
  });

  it('counts what began within a minute', async () => {
    const events = [0, 1, 2].map((second) => at(10 + second / 60, { active: second, delta: 1 }));
    const many = rule({ select: { app: 'shop' }, condition: { metric: 'created', op: '>=', value: 3 } });
    const { wouldHaveFired, selects } = await preview(many, events);
    expect(selects.items).toMatchObject([{ value: 0, verdict: 'clear' }]);
    expect(wouldHaveFired.map((one) => [one.from, one.to].map((t) => (t! - A_MOMENT) / 1000))).toEqual([[602, 660]]);
  });

  it('says what nobody knows', async () => {
    const begun = rule({ select: { app: 'shop' }, condition: { metric: 'created', op: '>', value: 1 } });
    expect(await preview(begun, [], { countedOnly: ['shop'] })).toMatchObject({
      selects: { items: [{ value: null, verdict: null }] },
      note: expect.stringContaining('only counted'),
    });
  });
});
