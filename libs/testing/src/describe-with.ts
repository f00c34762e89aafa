import { judgeParts, type Part } from './parts.ts';

/**
 * Jest's `describe` for tests on real parts: `describeWith('nats', 'redis')('the outbox', () => …)` is titled
 * `[nats] [redis] the outbox`, by which the test runner counts. Where a part is missing the tests are skipped; where
 * DECKWATCH_REQUIRE names it, a single test fails and says how to get the part.
 */
export function describeWith(...parts: Part[]): (name: string, tests: () => void) => void {
  return (name, tests) => {
    const title = [...parts.map((part) => `[${part}]`), name].join(' ');
    const verdict = judgeParts(parts);
    if (verdict.kind === 'run') describe(title, tests);
    else if (verdict.kind === 'skip') describe.skip(title, tests);
    else {
      describe(title, () => {
        it('has the parts that it needs', () => {
          throw new Error(verdict.why);
        });
      });
    }
  };
}
