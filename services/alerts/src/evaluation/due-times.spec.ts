import fc from 'fast-check';
import { VirtualClock } from '@deckwatch/testing';
import { DueTimes } from './due-times.ts';

describe('things that come due', () => {
  it('come in the order of their times, those of one time in the order in which they were set', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), async (times) => {
        const clock = new VirtualClock(0);
        const seen: [number, number][] = [];
        const dues = new DueTimes<number>(clock, (item, at) => seen.push([at, item]));
        times.forEach((at, item) => dues.add(at, item));
        await clock.advance(50);
        expect(seen).toEqual(times.map((at, item) => [at, item]).sort(([a, i], [b, j]) => a! - b! || i! - j!));
        expect(clock.pending).toBe(0);
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it('wait while held, and come with their own time on release', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    const dues = new DueTimes<string>(clock, (_, at) => seen.push(at));
    dues.add(10, 'a');
    dues.hold();
    await clock.advance(100);
    expect(seen).toEqual([]);
    dues.release();
    await clock.advance(0);
    expect(seen).toEqual([10]);
  });

  it('may be set while one is handled, and further away than a timer of Node reaches', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    const year = 366 * 86_400_000;
    const dues = new DueTimes<number>(clock, (left, at) => {
      seen.push(at);
      if (left > 0) dues.add(at + year, left - 1);
    });
    dues.add(5, 1);
    await clock.advance(2 * year);
    expect(seen).toEqual([5, 5 + year]);
  });
});
