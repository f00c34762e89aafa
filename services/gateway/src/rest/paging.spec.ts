import fc from 'fast-check';
import { pageOf } from './paging.ts';
import { ProblemError } from './problem.ts';

interface Thing {
  id: string;
  rank: number | null;
}

const pagesOf = (things: Thing[], order: 'asc' | 'desc', limit: number): Thing[][] => {
  const pages: Thing[][] = [];
  let cursor: string | undefined;
  do {
    const page = pageOf(things, { limit, order, cursor, sortKey: (thing) => thing.rank, id: (thing) => thing.id });
    expect(page.total).toBe(things.length);
    pages.push(page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
};

describe('pageOf', () => {
  const things = fc.uniqueArray(
    fc.record({ id: fc.string({ minLength: 1, maxLength: 3 }), rank: fc.option(fc.integer({ min: 0, max: 3 })) }),
    { selector: (thing) => thing.id, maxLength: 40 },
  );

  it('gives every item once, sorted, unknowns last, whatever the size of a page', () => {
    fc.assert(
      fc.property(
        things,
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.integer({ min: 1, max: 10 }),
        (all, order, limit) => {
          const paged = pagesOf(all, order, limit).flat();
          expect(paged.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
          const ranks = paged.map(({ rank }) => rank);
          const known = ranks.filter((rank) => rank !== null);
          expect(ranks.slice(0, known.length)).toEqual(known.toSorted((a, b) => (order === 'asc' ? a - b : b - a)));
        },
      ),
      { seed: 9 },
    );
  });

  it('goes on after the last item seen, although things come and go', () => {
    const all = ['b', 'd', 'f'].map((id) => ({ id, rank: null }));
    const options = { limit: 2, order: 'asc' as const, sortKey: () => null, id: (thing: Thing) => thing.id };
    const { nextCursor } = pageOf(all, options);
    const changed = ['a', 'c', 'e', 'f'].map((id) => ({ id, rank: null }));
    expect(pageOf(changed, { ...options, cursor: nextCursor! }).items.map(({ id }) => id)).toEqual(['e', 'f']);
  });

  it.each(['', 'x', 'bnVsbA', 'W10', 'WzEsMl0', 'e30'])('refuses the cursor "%s"', (cursor) => {
    const request = { limit: 1, order: 'asc' as const, cursor, sortKey: () => null, id: () => '' };
    expect(() => pageOf([], request)).toThrow(ProblemError);
  });
});
