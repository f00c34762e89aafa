import { TestScheduler } from 'rxjs/testing';

type Run = Parameters<Parameters<TestScheduler['run']>[0]>[0];
export interface Marbles extends Run {
  /** Virtual ms since the test began, by the clock of all timers within it. */
  now(): number;
}

/** Runs a test of streams in virtual time: its timers, and the diagrams that it expects. */
export function marbles(test: (run: Marbles) => void): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((run) => test({ ...run, now: () => scheduler.now() }));
}
