import type { ContainerEvent } from '@deckwatch/contracts';
import fc from 'fast-check';
import { fullId, someEvent, someFacts } from '../../test/fake-engine.ts';
import type { ContainerFacts, EngineEvent } from '../engine/engine.ts';
import { ContainerLifecycle } from './container-lifecycle.ts';

const STARTS = ['started', 'restarted'];
const EXITS = ['stopped', 'died'];

interface Moment {
  event: EngineEvent;
  facts: ContainerFacts;
}

/** The true story: runs that begin and end, each with what an inspection right after would show. */
function story(exitCodes: number[]): Moment[] {
  const moments: Moment[] = [];
  let t = 1000;
  for (const [run, exitCode] of exitCodes.entries()) {
    const startedAt = (t += 1000);
    moments.push({ event: someEvent('start', startedAt + 20), facts: someFacts({ startedAt, restartCount: run }) });
    const finishedAt = (t += 1000);
    const facts = someFacts({ state: 'exited', startedAt, finishedAt, exitCode, restartCount: run });
    moments.push({ event: someEvent('die', finishedAt + 20, { exitCode }), facts });
  }
  return moments;
}

const happenings = fc.array(
  fc.record({
    exitCode: fc.constantFrom(0, 1, 137),
    twice: fc.boolean(),
    lag: fc.nat(3),
    look: fc.boolean(),
    lost: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

type Happenings = typeof happenings extends fc.Arbitrary<infer T> ? T : never;

/** Tells the story with events that come twice and inspections that are late, and lets `drop` lose events. */
function tell(choices: Happenings, drop: boolean): ContainerEvent[] {
  const moments = story(choices.map(({ exitCode }) => exitCode));
  const life = new ContainerLifecycle('box', fullId('web').slice(0, 12));
  const said = life.onEvent(someEvent('create', 900), someFacts({ state: 'created', startedAt: null }));
  let latest = 0; // an inspection never shows less than one before it
  for (const [index, { event }] of moments.entries()) {
    const { twice, lag, look, lost } = choices[index >> 1]!;
    latest = Math.min(moments.length - 1, Math.max(latest, index + lag));
    const shown = moments[latest]!.facts;
    if (!(drop && lost)) said.push(...life.onEvent(event, shown));
    if (look) said.push(...life.onFacts(shown, event.t + 500));
    if (twice) said.push(...life.onEvent(event, shown));
  }
  const end = moments.at(-1)!;
  said.push(...life.onFacts(end.facts, end.event.t + 5000), ...life.onFacts(end.facts, end.event.t + 6000));
  return said;
}

describe('whatever is told twice, late or not at all', () => {
  it('starts and exits take turns, restarts are counted, and the end is true', () => {
    fc.assert(
      fc.property(happenings, fc.boolean(), (choices, drop) => {
        const said = tell(choices, drop);
        const turns = said.map(({ event }) => event).filter((event) => [...STARTS, ...EXITS].includes(event));
        turns.forEach((event, index) => expect((index % 2 === 0 ? STARTS : EXITS).includes(event)).toBe(true));
        expect(turns.filter((event) => event === 'started')).toHaveLength(1);
        expect(said.at(-1)!.restarts).toBe(turns.filter((event) => event === 'restarted').length);
        expect(said.at(-1)).toMatchObject({ state: 'exited', exitCode: choices.at(-1)!.exitCode });
        expect(turns.length).toBeLessThanOrEqual(2 * choices.length);
      }),
      { seed: 8, numRuns: 600 },
    );
  });

  it('each exit is told exactly once when no event is lost', () => {
    fc.assert(
      fc.property(happenings, (choices) => {
        const unhurried = choices.map((choice) => ({ ...choice, look: false }));
        const exits = tell(unhurried, false).filter(({ event }) => EXITS.includes(event));
        expect(exits.map(({ event, exitCode }) => [event, exitCode])).toEqual(
          choices.map(({ exitCode }) => [exitCode === 0 ? 'stopped' : 'died', exitCode]),
        );
      }),
      { seed: 9, numRuns: 300 },
    );
  });
});
