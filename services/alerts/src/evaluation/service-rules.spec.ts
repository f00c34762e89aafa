import { containerIdOf, aStatsRow, aStatsSweep, A_MOMENT } from '@deckwatch/testing';
import { Scene } from '../../test/scene.ts';

const shop = { project: 'shop', service: 'api' };
const hot = { id: 'hot', target: 'service', condition: { metric: 'cpu', op: '>', value: 100 } } as const;
const few = { id: 'few', target: 'service', condition: { metric: 'replicas', op: '<', value: 2 } } as const;

/** Two replicas on two hosts. */
function sceneWith(...rules: ConstructorParameters<typeof Scene>): Scene {
  const scene = new Scene(...rules);
  scene.container({ id: containerIdOf(1), name: 'api-1', ...shop });
  scene.container({ id: containerIdOf(2), name: 'api-2', host: 'beta', ...shop });
  return scene;
}

function sweep(scene: Scene, host: string, id: string, cpu: number | null, at: number): void {
  scene.evaluator.sweep(aStatsSweep({ host, t: A_MOMENT + at, rows: [aStatsRow(id, { cpu })] as never }));
}

function both(scene: Scene, first: number | null, second: number | null, at: number): void {
  sweep(scene, 'alpha', containerIdOf(1), first, at);
  sweep(scene, 'beta', containerIdOf(2), second, at + 1);
}

describe('rules on services', () => {
  it('sum over the containers of a service on all hosts', () => {
    const scene = sceneWith(hot);
    both(scene, 60, 30, 1000);
    both(scene, 60, 50, 2000);
    both(scene, 20, 50, 3000);
    expect(scene.story).toEqual(['firing@2001', 'resolved@3000']);
    expect(scene.said[0]).toMatchObject({
      value: 110,
      target: { kind: 'service', key: 'shop.api', name: 'shop/api', host: null },
    });
  });

  it('neither fire nor resolve while a container’s figure or a host’s sweep is missing', () => {
    const scene = sceneWith(hot);
    both(scene, 90, 90, 1000);
    both(scene, null, 1, 2000);
    for (let at = 20_000; at < 30_000; at += 1000) sweep(scene, 'alpha', containerIdOf(1), 1, at);
    expect(scene.story).toEqual(['firing@1001']);
  });

  it('count running replicas: one that dies is missed at once, one that is replaced is not', () => {
    const scene = sceneWith(few);
    both(scene, 1, 1, 60_000);
    scene.container({ id: containerIdOf(1), ...shop, event: 'stopped', state: 'exited' }, 61_000);
    sweep(scene, 'alpha', containerIdOf(9), 1, 62_000);
    scene.container({ id: containerIdOf(3), ...shop }, 63_000);
    scene.container({ id: containerIdOf(1), ...shop, event: 'removed', state: 'dead' }, 64_000);
    sweep(scene, 'alpha', containerIdOf(3), 1, 100_000);
    expect(scene.story).toEqual([]);
    scene.container({ id: containerIdOf(3), ...shop, event: 'died', state: 'exited' }, 101_000);
    sweep(scene, 'alpha', containerIdOf(9), 1, 102_000);
    expect(scene.last).toMatchObject({
      state: 'firing',
      value: 1,
      message: 'shop/api: number of running replicas is 1, under 2',
    });
  });

  it('end when the last container is removed, and are taken up after a restart', () => {
    const scene = sceneWith(hot);
    both(scene, 90, 90, 1000);
    scene.restart();
    expect(scene.said).toHaveLength(1);
    scene.container({ id: containerIdOf(1), ...shop, event: 'removed', state: 'dead' });
    scene.container({ id: containerIdOf(2), host: 'beta', ...shop, event: 'removed', state: 'dead' });
    expect(scene.last).toMatchObject({ state: 'resolved', reason: 'the service was removed' });
  });
});
