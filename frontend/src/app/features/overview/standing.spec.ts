import { standing } from './standing.ts';

describe('standing', () => {
  const of = (figures: Record<string, number>) => Object.entries(figures).map(([key, figure]) => ({ key, figure }));
  const keys = (figures: Record<string, number>, before: string[] = [], count = 3) =>
    standing(of(figures), before, count).map(({ key }) => key);

  it('has the greatest first, of equals the first by name', () => {
    expect(keys({ d: 5, a: 20, c: 40, b: 20 })).toEqual(['c', 'a', 'b']);
  });

  it('keeps the places of those whose figures only tremble', () => {
    expect(keys({ a: 40, b: 44, c: 42, d: 45 }, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  });

  it('gives the place to whoever is clearly greater, and leaves the others where they are', () => {
    expect(keys({ a: 40, b: 44, c: 60, d: 10 }, ['a', 'b', 'c'])).toEqual(['c', 'a', 'b']);
    expect(keys({ a: 4, b: 44, c: 42, d: 10 }, ['a', 'b', 'c'])).toEqual(['b', 'c', 'd']);
    expect(keys({ a: 40, b: 44, c: 42, d: 50 }, ['a', 'b', 'c'])).toEqual(['b', 'd', 'c']);
  });

  it('never shows one before another that is clearly greater', () => {
    expect(keys({ a: 26, b: 63, c: 53, d: 56, e: 90 }, ['a', 'b', 'c', 'd', 'e'], 5)).toEqual([
      'e',
      'b',
      'c',
      'd',
      'a',
    ]);
  });

  it('forgets whoever is gone', () => {
    expect(keys({ b: 1, c: 2 }, ['a', 'b'])).toEqual(['c', 'b']);
  });
});
