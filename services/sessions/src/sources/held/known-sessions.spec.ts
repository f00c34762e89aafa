import fc from 'fast-check';
import { KnownSessions } from './known-sessions.ts';

describe('the sessions that a source is known to have', () => {
  it('come due in the order of their times, those that were put off at their new time', () => {
    const known = new KnownSessions();
    known.add('a', 'a', 300, 1);
    const b = known.add('b', 'b', 100, 1);
    known.add('c', 'c', 200, 1);
    known.due(b, 250);
    expect(known.takeDue(220, 10).map(({ id }) => id)).toEqual(['c']);
    expect(known.nextDueAt()).toBe(250);
    expect(known.takeDue(1000, 10).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('are due at once when their time is cut short, and never when they are gone', () => {
    const known = new KnownSessions();
    const a = known.add('a', 'a', 1000, 1);
    known.add('b', 'b', 50, 1);
    known.due(a, 10);
    known.drop('b');
    expect(known.takeDue(100, 10).map(({ id }) => id)).toEqual(['a']);
    expect(known.takeDue(2000, 10)).toEqual([]);
  });

  it('that never end are never due', () => {
    const known = new KnownSessions();
    known.add('a', 'a', Infinity, 1);
    expect(known.takeDue(1e15, 10)).toEqual([]);
  });

  it('are sampled all in turn', () => {
    const known = new KnownSessions();
    for (const id of ['a', 'b', 'c', 'd', 'e']) known.add(id, id, Infinity, 1);
    const met = new Set([...known.sample(2), ...known.sample(2), ...known.sample(2)].map(({ id }) => id));
    expect(met.size).toBe(5);
  });

  it('are due as a plain list would say, whatever is added, put off, cut short or dropped', () => {
    const step = fc.record({
      op: fc.constantFrom('set' as const, 'set' as const, 'drop' as const, 'take' as const),
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      at: fc.integer({ min: 0, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const known = new KnownSessions();
        const plain = new Map<string, number>();
        for (const { op, id, at } of steps) {
          const before = known.get(id);
          if (op === 'set') {
            if (before) known.due(before, at);
            else known.add(id, id, at, 1);
            plain.set(id, at);
          } else if (op === 'drop') {
            known.drop(id);
            plain.delete(id);
          } else {
            const due = [...plain].filter(([, dueAt]) => dueAt <= at).map(([name]) => name);
            expect(known.takeDue(at, 100).map(({ id: taken }) => taken).sort()).toEqual(due.sort()); // prettier-ignore
            for (const name of due) {
              known.drop(name);
              plain.delete(name);
            }
          }
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
