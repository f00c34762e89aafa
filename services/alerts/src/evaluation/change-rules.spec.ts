import { Scene } from '../../test/scene.ts';

const drop = { metric: 'cpu', change: 'drop', percent: 50, withinMs: 60_000 } as const;
const rise = { ...drop, change: 'rise', percent: 100 } as const;

function play(scene: Scene, cpus: (number | null)[], stepMs = 10_000): Scene {
  for (const cpu of cpus) {
    scene.sample({ cpu });
    scene.clock.jump(stepMs);
  }
  return scene;
}

describe('rules on a change', () => {
  it('fire when it drops within the time, and resolve when the lower level has become usual', () => {
    const scene = play(new Scene({ condition: drop }), [80, 80, 80, 40, 40, 40, 40, 40, 40, 40]);
    expect(scene.story).toEqual(['firing@30000', 'resolved@80000']);
    expect(scene.said[0]).toMatchObject({
      value: 40,
      threshold: 50,
      message: 'web: CPU is 40.0 %, down by 50.0 % or more within 1 min',
    });
  });

  it('fire when it rises within the time, but not from nothing', () => {
    expect(play(new Scene({ condition: rise }), [0, 50, 90]).story).toEqual([]);
    expect(play(new Scene({ condition: rise }), [10, 15, 20]).story).toEqual(['firing@20000']);
  });

  it('pass over a change that took longer', () => {
    expect(play(new Scene({ condition: drop }), [80, 70, 60, 50, 45, 40], 30_000).story).toEqual([]);
  });

  it('neither fire nor resolve for a restart', () => {
    const scene = play(new Scene({ condition: drop }), [80, 30]);
    scene.restart();
    play(scene, [30, 30, 30, 30, 30, 30]);
    expect(scene.story).toEqual(['firing@10000']);
    play(scene, [30]);
    expect(scene.story).toEqual(['firing@10000', 'resolved@80000']);
  });

  it('begin anew after a clock was set back', () => {
    const scene = new Scene({ condition: drop });
    scene.sample({ cpu: 80 }, 7_200_000);
    scene.sample({ cpu: 10 }, 0);
    expect(scene.story).toEqual([]);
  });
});
