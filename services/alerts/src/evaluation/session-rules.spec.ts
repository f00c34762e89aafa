import { A_MOMENT } from '@deckwatch/testing';
import type { AlertRule } from '@deckwatch/contracts';
import { Scene } from '../../test/scene.ts';

type Condition = AlertRule['condition'];
const over10: Condition = { metric: 'active', op: '>', value: 10, clear: 8 };
const onSessions = (condition: Condition, over: Partial<AlertRule> = {}) =>
  ({ id: 'crowd', target: 'sessions', condition, ...over }) as const;
const away = { metric: 'active', op: '<', value: 1 } as const;

describe('rules on sessions', () => {
  it('fire by the count of an app and resolve at the recovery level', () => {
    const scene = new Scene(onSessions(over10, { forMs: 2000 }));
    [9, 11, 12, 13, 9, 8].forEach((shop, second) => scene.sessions({ shop, wiki: 3 }, second * 1000));
    expect(scene.story).toEqual(['pending@1000', 'firing@3000', 'resolved@5000']);
    expect(scene.said[1]).toMatchObject({
      id: 'crowd-shop-1',
      target: { kind: 'sessions', key: 'shop', name: 'shop', host: null },
      message: 'App shop: number of active sessions is 13, over 10 for 2 s',
    });
  });

  it('select apps by name', () => {
    const scene = new Scene(onSessions(over10, { select: { app: 's*' } }));
    scene.sessions({ shop: 20, wiki: 20 }, 0);
    expect(scene.said.map(({ target }) => target.key)).toEqual(['shop']);
  });

  it('see a drop and a rise', () => {
    const fall = onSessions({ metric: 'active', change: 'drop', percent: 50, withinMs: 60_000 });
    const scene = new Scene(fall);
    [100, 101, 60, 50].forEach((shop, second) => scene.sessions({ shop }, second * 1000));
    expect(scene.story).toEqual(['firing@3000']);
    expect(scene.last.message).toBe('App shop: number of active sessions is 50, down by 50.0 % or more within 1 min');
  });

  it.each(['created', 'destroyed'] as const)('count what was %s within the last minute', (metric) => {
    const scene = new Scene(onSessions({ metric, op: '>=', value: 3 }));
    for (const at of [0, 1000, 2000]) scene.sessionEvent('shop', metric, at);
    scene.sessions({ shop: 3 }, 2500);
    scene.sessions({ shop: 3 }, 59_000);
    scene.sessions({ shop: 3 }, 60_500);
    expect(scene.story).toEqual(['firing@2500', 'resolved@60500']);
  });

  it('neither fire nor resolve by what is not known: the log is behind, the app is only counted, its source is away', () => {
    const scene = new Scene(onSessions({ metric: 'created', op: '<', value: 1 }));
    scene.evaluator.thresholds.apps.setEventsKnown(false);
    scene.sessions({ shop: 3 }, 0);
    scene.evaluator.thresholds.apps.setEventsKnown(true);
    scene.sessions({ shop: 3 }, 1000, { countedOnly: ['shop'] });
    scene.sessions({ shop: 3 }, 2000, { unsure: ['shop'] });
    expect(scene.story).toEqual([]);
    scene.sessions({ shop: 3 }, 3000);
    expect(scene.story).toEqual(['firing@3000']);
  });

  it('say that nothing is known of an app whose source is away, and do not resolve by that', async () => {
    const scene = new Scene(onSessions(over10, { noData: 'alert' }));
    scene.sessions({ shop: 5, wiki: 20 }, 0);
    for (let second = 1; second <= 12; second += 1) {
      await scene.clock.advance(1000);
      scene.sessions({ shop: 5, wiki: 5 }, scene.now, { unsure: ['shop', 'wiki'] });
    }
    expect(scene.said.map(({ target, state }) => `${target.key} ${state}`)).toEqual(['wiki firing', 'shop nodata']);
    scene.sessions({ shop: 5, wiki: 5 }, 13_000);
    expect(scene.said.slice(2).map(({ target, state }) => `${target.key} ${state}`)).toEqual([
      'shop resolved',
      'wiki resolved',
    ]);
  });

  it('take an app that they name for one without sessions as long as nobody has heard of it', () => {
    const scene = new Scene(onSessions(away, { select: { app: 'shop' } }));
    scene.sessions({ wiki: 1 }, 0);
    scene.sessions({ wiki: 1, shop: 1 }, 1000);
    scene.sessions({ wiki: 1 }, 2000);
    expect(scene.story).toEqual(['firing@0', 'resolved@1000', 'firing@2000']);
  });

  it('forget an app that is counted no more, unless its alert lives', () => {
    const scene = new Scene(onSessions(away));
    scene.sessions({ shop: 0, wiki: 1 }, 0);
    scene.sessions({}, 1000);
    expect([...scene.evaluator.thresholds.index.apps.keys()]).toEqual(['shop']);
    scene.sessions({ shop: 2 }, 2000);
    scene.sessions({}, 3000);
    expect(scene.story).toEqual(['firing@0', 'resolved@2000']);
    expect(scene.evaluator.thresholds.index.apps.size).toBe(0);
  });

  it('count the first session of an app whose event is here before the count of it', () => {
    const begun = onSessions({ metric: 'created', op: '>', value: 0 });
    const scene = new Scene(begun, { ...onSessions(away), id: 'empty' });
    scene.sessionEvent('shop', 'created', 500);
    scene.sessions({}, 1000);
    scene.sessions({ shop: 1 }, 2000);
    expect(scene.said.map(({ rule, state }) => `${rule.id} ${state}`)).toEqual(['crowd firing']);
  });

  it('go on after a restart, also with an app that is counted no more', () => {
    const scene = new Scene(onSessions(away));
    scene.sessions({ shop: 0 }, 0);
    scene.restart();
    scene.sessions({}, 1000);
    scene.sessions({ shop: 1 }, 2000);
    expect(scene.story).toEqual(['firing@0', 'resolved@2000']);
  });

  it('end with the rule', () => {
    const scene = new Scene(onSessions(over10));
    scene.sessions({ shop: 20 }, 0);
    scene.evaluator.dropRule('crowd');
    expect(scene.last).toMatchObject({ state: 'resolved', t: A_MOMENT, message: 'App shop: the rule was deleted' });
    expect(scene.evaluator.thresholds.wantsSessions()).toEqual({ sessions: false, events: false });
  });
});
