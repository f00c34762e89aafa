import fc from 'fast-check';
import type { ContainerEvent } from '@deckwatch/contracts';
import { aPod, ended, running, T0, waiting, type ContainerLook } from '../../test/pods.ts';
import { ContainerLifecycle } from '../inventory/container-lifecycle.ts';
import { Identities } from './identities.ts';
import { PodStore } from './pod-store.ts';

/** One run of a container that Kubernetes starts again and again, and which of its statuses are seen. */
const aRun = fc.record({
  /** Seconds; runs may begin and end within the same one. */
  lasts: fc.nat(3),
  pause: fc.nat(2),
  exitCode: fc.constantFrom(0, 1, 137),
  oom: fc.boolean(),
  seenRunning: fc.boolean(),
  seenEnded: fc.boolean(),
  seenWaiting: fc.boolean(),
  twice: fc.boolean(),
  /** The collector was started anew after it. */
  newCollector: fc.boolean(),
});
type ARun = typeof aRun extends fc.Arbitrary<infer T> ? T : never;

const STARTS = ['started', 'restarted'];
const EXITS = ['stopped', 'died'];

/** What is said over the life of a pod whose container has these runs. */
function tell(runs: ARun[]): ContainerEvent[] {
  const said: ContainerEvent[] = [];
  let second = 0;
  let life: ContainerLifecycle | undefined;
  const open = (): PodStore => {
    const identities = new Identities();
    identities.restore(said.slice(-1));
    const last = said.at(-1);
    life = last && new ContainerLifecycle('node-1', last.id, last, last.t);
    const since = last?.t ?? 0;
    let listed = said.length === 0;
    const store = new PodStore(
      identities,
      () => T0 + second * 1000,
      (event) => {
        life ??= new ContainerLifecycle('node-1', event.id);
        if (listed || event.t > since) said.push(...life.onEvent(event, event.facts));
      },
    );
    const put = store.put.bind(store);
    store.put = (pod) => {
      put(pod);
      listed = true;
      // As the inventory does after each list.
      const [one] = store.containers;
      if (one) said.push(...(life ??= new ContainerLifecycle('node-1', one.facts.id)).onFacts(one.facts, T0 + second * 1000)); // prettier-ignore
    };
    return store;
  };
  let store = open();
  let lastState: ContainerLook['lastState'] = {};
  const see = (look: ContainerLook): void => store.put(aPod({ containers: [{ ...look, lastState: look.lastState ?? lastState ?? {} }] })); // prettier-ignore
  runs.forEach((run, restartCount) => {
    const id = `run-${restartCount}`;
    const from = second;
    const lastOne = restartCount === runs.length - 1;
    const first = restartCount === 0;
    if (run.seenRunning || first) see({ id, state: running(from), restartCount });
    second += run.lasts;
    const end = ended(id, from, second, run.exitCode, run.oom ? { reason: 'OOMKilled' } : {});
    if (run.seenEnded || lastOne) {
      see({ id, state: end, restartCount, ready: false });
      if (run.twice) see({ id, state: end, restartCount, ready: false });
    }
    lastState = end;
    if (run.seenWaiting && !lastOne) see({ id, state: waiting('CrashLoopBackOff'), restartCount, ready: false });
    second += run.pause;
    if (run.newCollector && !lastOne) {
      second += 1; // the times of Kubernetes tell no more
      store = open();
    }
  });
  return said;
}

it('starts and exits take turns, each exit is told once, and the end is true, whatever is seen', () => {
  fc.assert(
    fc.property(fc.array(aRun, { minLength: 1, maxLength: 8 }), (runs) => {
      const said = tell(runs);
      const turns = said.map(({ event }) => event).filter((event) => [...STARTS, ...EXITS].includes(event));
      turns.forEach((event, index) => expect((index % 2 === 0 ? STARTS : EXITS).includes(event)).toBe(true));
      expect(turns.length).toBeLessThanOrEqual(2 * runs.length);
      expect(turns.length % 2).toBe(0);
      expect(new Set(said.map(({ id }) => id)).size).toBe(1);
      expect(said.at(-1)!.state).not.toBe('running');
      said.reduce((before, { t }) => (expect(t).toBeGreaterThanOrEqual(before), t), 0);
    }),
    { seed: 12, numRuns: 200 },
  );
});

it('every exit is told with its code where every status was seen', () => {
  fc.assert(
    fc.property(fc.array(aRun, { minLength: 1, maxLength: 8 }), (choices) => {
      const runs = choices.map((run) => ({ ...run, seenRunning: true, seenEnded: true, newCollector: false }));
      const exits = tell(runs).filter(({ event }) => EXITS.includes(event));
      expect(exits.map(({ exitCode }) => exitCode)).toEqual(runs.map(({ exitCode }) => exitCode));
      exits.forEach(({ event, exitCode }) => expect(event).toBe(exitCode === 0 ? 'stopped' : 'died'));
    }),
    { seed: 13, numRuns: 100 },
  );
});
