import fc from 'fast-check';
import type { AlertRule } from '@deckwatch/contracts';
import { Scene } from '../../test/scene.ts';
import { checkStory } from '../../test/story.ts';

type Act =
  | { do: 'sample'; cpu: number | null; lag: number }
  | { do: 'wait'; ms: number }
  | { do: 'event'; event: 'died' | 'unhealthy' | 'healthy' | 'started' | 'removed' }
  | { do: 'restart' }
  | { do: 'rule'; value: number; forMs: number; enabled: boolean }
  | { do: 'deaf'; ms: number }
  | { do: 'silence'; name: string; ms: number }
  | { do: 'ack'; note: string | null }
  | { do: 'host' };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('sample' as const),
      cpu: fc.option(fc.integer({ min: 0, max: 100 })),
      lag: fc.constantFrom(0, 0, 0, 2500),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(500, 1000, 1000, 3000, 15_000, 70_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('event' as const),
      event: fc.constantFrom('died', 'unhealthy', 'healthy', 'started', 'removed'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('rule' as const),
      value: fc.constantFrom(40, 60),
      forMs: fc.constantFrom(0, 3000),
      enabled: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deaf' as const), ms: fc.constantFrom(1000, 30_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('silence' as const),
      name: fc.constantFrom('w*', '*', 'other'),
      ms: fc.constantFrom(2000, 20_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ack' as const), note: fc.constantFrom('a', 'b', null) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('host' as const) }) },
) as fc.Arbitrary<Act>;

const rules: Partial<AlertRule>[] = [
  {
    id: 'busy',
    condition: { metric: 'cpu', op: '>', value: 60, clear: 40 },
    forMs: 3000,
    keepMs: 2000,
    noData: 'alert',
  },
  { id: 'gone', target: 'host', condition: { metric: 'cpuPercent', op: '>', value: 99 }, noData: 'alert' },
  { id: 'plain', condition: { metric: 'cpu', op: '>', value: 60 } },
  { id: 'dead', condition: { event: ['died'], count: 2, withinMs: 60_000 } },
  { id: 'sick', condition: { event: ['unhealthy', 'died'], count: 1, withinMs: 5000 }, forMs: 1000 },
];

const STATES = {
  died: { state: 'exited', health: null },
  unhealthy: { state: 'running', health: 'unhealthy' },
  healthy: { state: 'running', health: 'healthy' },
  started: { state: 'running', health: 'starting' },
  removed: { state: 'dead', health: null },
} as const;

async function perform(scene: Scene, step: Act): Promise<void> {
  if (step.do === 'sample') scene.sample({ cpu: step.cpu }, scene.now - step.lag);
  else if (step.do === 'wait') await scene.clock.advance(step.ms);
  else if (step.do === 'event') scene.container({ event: step.event, ...STATES[step.event] });
  else if (step.do === 'restart') scene.restart();
  else if (step.do === 'host') scene.host({});
  else if (step.do === 'silence') scene.silence({ name: step.name }, step.ms);
  else if (step.do === 'ack') {
    for (const { last } of [...scene.evaluator.desk.live()]) scene.evaluator.acknowledge(last.id, 'ada', step.note);
  } else if (step.do === 'rule')
    scene.rule({
      ...rules[0],
      condition: { metric: 'cpu', op: '>', value: step.value, clear: 40 },
      forMs: step.forMs,
      enabled: step.enabled,
    });
  else {
    scene.evaluator.setHearing(false);
    await scene.clock.advance(step.ms);
    scene.evaluator.setHearing(true);
    scene.evaluator.caughtUp();
  }
}

describe('whatever comes', () => {
  it('tells each alert from its beginning to its end: never two firings without a resolve between', async () => {
    const story = fc.array(act, { minLength: 5, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(story, async (steps) => {
        const scene = new Scene(...rules);
        for (const step of steps) await perform(scene, step);
        const subjects = new Set(scene.said.map(({ rule, target }) => `${rule.id} ${target.key}`));
        for (const subject of subjects)
          checkStory(scene.said.filter(({ rule, target }) => `${rule.id} ${target.key}` === subject));
        const live = [...scene.evaluator.desk.live()].map(({ last }) => `${last.id} ${last.state}`).sort();
        const stored = [...scene.stored.values()]
          .filter(({ state }) => state !== 'resolved')
          .map(({ id, state }) => `${id} ${state}`);
        expect(live).toEqual(stored.sort());
        await scene.clock.advance(60_000);
        for (const { last } of scene.evaluator.desk.live()) {
          const quiet = scene.evaluator.noise.quietOf(last);
          expect(last).toMatchObject(quiet);
          // What no silence and no other alert keeps quiet for ever is told some day.
          if (last.inhibitedBy !== null) expect([...scene.evaluator.desk.live()].some((other) => other.last.id === last.inhibitedBy)).toBe(true); // prettier-ignore
        }
      }),
      { seed: 20_260_101, numRuns: 300 },
    );
  });

  it('gives the same transitions with restarts as without, where the samples have the same gaps', async () => {
    const levels = fc.array(fc.constantFrom(10, 50, 95), { minLength: 20, maxLength: 60 });
    const restarts = fc.uniqueArray(fc.integer({ min: 1, max: 59 }), { maxLength: 4 });
    const gapMs = 12_000;
    const play = async (cpus: number[], gaps: number[], restart: boolean): Promise<string[]> => {
      const scene = new Scene(rules[0]!, rules[1]!);
      for (const [at, cpu] of cpus.entries()) {
        if (gaps.includes(at)) {
          scene.clock.jump(gapMs);
          if (restart) scene.restart();
        }
        scene.sample({ cpu });
        scene.clock.jump(1000);
      }
      return scene.story;
    };
    await fc.assert(
      fc.asyncProperty(levels, restarts, async (cpus, gaps) => {
        expect(await play(cpus, gaps, true)).toEqual(await play(cpus, gaps, false));
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
