import { containerIdOf } from '@deckwatch/testing';
import { Scene } from '../../test/scene.ts';
import { GRACE_MS } from './noise-keeper.ts';

const hot = { id: 'hot', condition: { metric: 'cpu', op: '>', value: 80 } } as const;
const gone = {
  id: 'gone',
  target: 'host',
  noData: 'alert',
  condition: { metric: 'cpuPercent', op: '>', value: 90 },
} as const;
const quiet = { id: 'quiet', noData: 'alert', condition: { metric: 'cpu', op: '>', value: 900 } } as const;

describe('silences', () => {
  it('are said of what fires, when they begin and when they end', async () => {
    const scene = new Scene(hot);
    scene.sample({ cpu: 95 });
    scene.silence({ name: 'w*' }, 60_000);
    expect(scene.last).toMatchObject({ change: 'silence', state: 'firing', seq: 2, silencedBy: ['s1'] });
    await scene.clock.advance(60_000);
    expect(scene.last).toMatchObject({ change: 'silence', state: 'firing', seq: 3, silencedBy: [] });
  });

  it('are said with each transition while they are on', () => {
    const scene = new Scene(hot);
    scene.silence({ rule: 'hot', host: 'alpha' }, 60_000);
    scene.sample({ cpu: 95 }, 1000);
    scene.sample({ cpu: 5 }, 2000);
    expect(scene.said.map(({ change, silencedBy }) => `${change} ${silencedBy}`)).toEqual(['state s1', 'state s1']);
  });

  it('leave alone what does not match', () => {
    const scene = new Scene(hot);
    for (const matchers of [{ name: 'db*' }, { severity: 'critical' }, { labels: { tier: '*' } }, { project: '*' }])
      scene.silence(matchers, 60_000);
    scene.sample({ cpu: 95 });
    expect(scene.last.silencedBy).toEqual([]);
  });

  it('that ended while nobody evaluated are said over after a restart', async () => {
    const scene = new Scene(hot);
    scene.sample({ cpu: 95 });
    scene.silence({ rule: '*' }, 10_000);
    scene.evaluator.deactivate();
    await scene.clock.advance(20_000);
    scene.restart();
    expect(scene.marks).toEqual(['silence hot s1|', 'silence hot |']);
  });
});

describe('acknowledging', () => {
  it('holds until the alert is resolved, and says who and when', () => {
    const scene = new Scene(hot);
    scene.sample({ cpu: 95 });
    scene.evaluator.acknowledge(scene.last.id, 'ada', 'on it');
    const ack = { by: 'ada', at: scene.clock.now(), note: 'on it' };
    expect(scene.last).toMatchObject({ change: 'ack', state: 'firing', seq: 2, ack });
    scene.restart();
    scene.sample({ cpu: 5 }, 1000);
    expect(scene.last).toMatchObject({ change: 'state', state: 'resolved', seq: 3, ack });
    scene.sample({ cpu: 95 }, 2000);
    expect(scene.last.ack).toBeNull();
  });

  it('can be taken back, says nothing twice, and needs an alert that lives', () => {
    const scene = new Scene(hot);
    scene.sample({ cpu: 95 });
    const { id } = scene.last;
    for (const note of ['a', 'a', 'b', null, null]) scene.evaluator.acknowledge(id, 'ada', note);
    expect(scene.said.slice(1).map(({ ack }) => ack?.note ?? null)).toEqual(['a', 'b', null]);
    expect(scene.evaluator.acknowledge('hot-other-1', 'ada', '')).toBeUndefined();
  });
});

describe('a host that is gone', () => {
  /** A host with two containers, of which one fires, goes silent. */
  async function loseHost(): Promise<Scene> {
    const scene = new Scene(gone, hot, quiet);
    scene.container({ id: containerIdOf(2), name: 'db' });
    scene.host({});
    scene.sample({ cpu: 95 });
    scene.sample({ cpu: 5 }, 1, containerIdOf(2));
    await scene.clock.advance(12_000);
    return scene;
  }

  it('is said once and stands in the place of all that is known of its containers', async () => {
    const scene = await loseHost();
    const id = 'gone-alpha-1';
    expect(
      scene.said.map(({ rule, target, state, inhibitedBy }) => [rule.id, target.name, state, inhibitedBy]),
    ).toEqual([
      ['hot', 'web', 'firing', null],
      ['gone', 'alpha', 'nodata', null],
      ['hot', 'web', 'firing', id],
      ['quiet', 'web', 'nodata', id],
      ['quiet', 'db', 'nodata', id],
    ]);
    expect(scene.said[1]!.message).toBe('Host alpha: no samples for 10 s; out of sight with it: web, db');
  });

  it('goes on standing for them after a restart', async () => {
    const scene = await loseHost();
    scene.restart();
    scene.container({ id: containerIdOf(3), name: 'new' });
    await scene.clock.advance(30_000);
    expect(scene.last).toMatchObject({ target: { name: 'new' }, state: 'nodata', inhibitedBy: 'gone-alpha-1' });
  });

  it('that is back lets what still fires be told, after a moment in which the rest recovers', async () => {
    const scene = await loseHost();
    const before = scene.said.length;
    scene.host({});
    scene.sample({ cpu: 95 });
    scene.sample({ cpu: 5 }, scene.now, containerIdOf(2));
    await scene.clock.advance(GRACE_MS - 1);
    expect(scene.said.slice(before).map(({ rule, state }) => `${rule.id} ${state}`)).toEqual([
      'gone resolved',
      'quiet resolved',
      'quiet resolved',
    ]);
    await scene.clock.advance(1);
    expect(scene.last).toMatchObject({ change: 'inhibit', rule: { id: 'hot' }, state: 'firing', inhibitedBy: null });
    expect(scene.said).toHaveLength(before + 4);
  });

  it('that came back while nobody evaluated holds nothing back for long', async () => {
    const scene = await loseHost();
    const resolved = { ...scene.said[1]!, state: 'resolved', seq: 2 } as const;
    scene.stored.set('deckwatch.alerts.gone.alpha', resolved);
    scene.restart();
    await scene.clock.advance(GRACE_MS);
    expect(scene.marks.slice(-3).every((mark) => mark.endsWith('|'))).toBe(true);
    expect([...scene.stored.values()].every(({ inhibitedBy }) => inhibitedBy === null)).toBe(true);
  });
});

describe('flapping', () => {
  it('is said from the fifth firing within ten minutes on, until it is calm again', () => {
    const scene = new Scene(hot);
    for (let n = 0; n < 6; n += 1) {
      scene.sample({ cpu: 95 }, n * 20_000);
      scene.sample({ cpu: 5 }, n * 20_000 + 10_000);
    }
    scene.sample({ cpu: 95 }, 3_600_000);
    const firings = scene.said.filter(({ state }) => state === 'firing');
    expect(firings.map(({ flapping }) => flapping ?? false)).toEqual([false, false, false, false, true, true, false]);
    expect(firings[4]!.message).toContain('flapping: fired 5 times within 10 min');
  });
});
