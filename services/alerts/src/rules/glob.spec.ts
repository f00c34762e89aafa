import fc from 'fast-check';
import { glob } from './glob.ts';

describe('glob', () => {
  it.each([
    ['web', 'web', true],
    ['web', 'web-1', false],
    ['web*', 'web-1', true],
    ['*-1', 'web-1', true],
    ['w?b', 'web', true],
    ['w?b', 'wb', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b*', 'xxbxxaxx', false],
    ['*', '', true],
    ['a.c', 'abc', false],
    ['a*?', 'a', false],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(glob(pattern)(text)).toBe(expected);
  });

  it('agrees with the regular expression of the same meaning', () => {
    const piece = fc.constantFrom('a', 'b', '*', '?', '.');
    const word = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 10 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join('')),
        word,
        (pattern, text) => {
          const source = pattern.replace(/\./g, '\\.').replace(/\*/g, '.*').replace(/\?/g, '.');
          expect(glob(pattern)(text)).toBe(new RegExp(`^${source}$`).test(text));
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });

  it('is quick on a pattern that would stall a regular expression', () => {
    const start = performance.now();
    expect(glob(`${'*a'.repeat(30)}*b`)('a'.repeat(2000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
