import { AN_ID } from '@deckwatch/testing';
import { Scene } from '../../test/scene.ts';

/** How many values can be reached from an object: what it remembers. */
function reachable(root: object): number {
  const seen = new Set<unknown>();
  const open: unknown[] = [root];
  let values = 0;
  while (open.length > 0) {
    const one = open.pop();
    values += 1;
    if (typeof one !== 'object' || one === null || seen.has(one)) continue;
    seen.add(one);
    if (one instanceof Map) for (const [key, value] of one) open.push(key, value);
    else if (one instanceof Set) for (const value of one) open.push(value);
    else if (ArrayBuffer.isView(one)) values += one.byteLength;
    else for (const value of Object.values(one)) open.push(value);
  }
  return values;
}

describe('what a series remembers', () => {
  it('is the same after a thousand samples and events as after a hundred', async () => {
    const scene = new Scene(
      { id: 'level', condition: { metric: 'cpu', op: '>', value: 80 }, forMs: 2000, noData: 'alert' },
      { id: 'change', condition: { metric: 'mem', change: 'drop', percent: 50, withinMs: 60_000 } },
      { id: 'sum', target: 'service', condition: { metric: 'cpu', op: '>', value: 80 } },
      { id: 'host', target: 'host', condition: { metric: 'cpu', op: '>', value: 80 } },
      { id: 'crowd', target: 'sessions', condition: { metric: 'created', op: '>', value: 1000 } },
      { id: 'died', condition: { event: ['died', 'oom'], count: 3, withinMs: 60_000 } },
      { id: 'sick', condition: { event: ['unhealthy'], count: 1, withinMs: 1000 } },
    );
    const live = async (seconds: number) => {
      for (let second = 0; second < seconds; second += 1) {
        await scene.clock.advance(1000);
        const loud = scene.now % 20_000 < 10_000;
        scene.host({ cpu: loud ? 90 : 10 });
        scene.sample({ cpu: loud ? 90 : 10, mem: loud ? 1000 : 100 });
        scene.sessionEvent('shop', 'created');
        scene.sessions({ shop: second });
        scene.container({ event: 'died', state: 'exited', project: 'shop', service: 'api' });
        scene.container({ event: 'unhealthy', health: 'unhealthy', project: 'shop', service: 'api' });
      }
    };
    scene.container({ id: AN_ID, project: 'shop', service: 'api' });
    await live(120);
    const before = reachable(scene.evaluator);
    await live(1000);
    expect(reachable(scene.evaluator)).toBe(before);
  });
});
