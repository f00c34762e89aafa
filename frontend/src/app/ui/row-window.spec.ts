import { rangeOf, rangesWith, slotOf, towards } from './row-window.ts';

describe('towards', () => {
  const wanted = { start: 100, end: 140 };

  it('takes in a few rows at a time on either side, and lets go at once of those that are not wanted', () => {
    expect(towards({ start: 90, end: 120 }, wanted, 8)).toEqual({ start: 100, end: 128 });
    expect(towards({ start: 120, end: 150 }, wanted, 8)).toEqual({ start: 112, end: 140 });
    expect(towards({ start: 116, end: 124 }, wanted, 8)).toEqual({ start: 112, end: 128 });
  });

  it('begins in the middle of what is far off', () => {
    expect(towards({ start: 0, end: 40 }, wanted, 8)).toEqual({ start: 116, end: 124 });
  });

  it('begins with the first where nothing is drawn', () => {
    expect(towards({ start: 0, end: 0 }, wanted, 3)).toEqual({ start: 100, end: 103 });
    expect(towards({ start: 0, end: 0 }, { start: 0, end: 2 }, 3)).toEqual({ start: 0, end: 2 });
  });

  it('arrives', () => {
    let drawn = { start: 500, end: 540 };
    for (let frame = 0; frame < 5; frame += 1) drawn = towards(drawn, wanted, 8);
    expect(drawn).toEqual(wanted);
    expect(towards(drawn, { start: 0, end: 0 }, 8)).toEqual({ start: 0, end: 0 });
  });
});

describe('rangeOf', () => {
  it('draws the rows near the screen and no others', () => {
    const { start, end } = rangeOf(34 * 500, 900, 34, 1000);
    expect(start).toBeLessThanOrEqual(500 - 8);
    expect(end).toBeGreaterThanOrEqual(527 + 8);
    expect(end - start).toBeLessThan(70);
  });

  it('draws all of a short list', () => {
    expect(rangeOf(0, 900, 34, 10)).toEqual({ start: 0, end: 10 });
  });

  it('changes only every few rows', () => {
    const ranges = Array.from({ length: 100 }, (_, row) => rangeOf(row * 34, 900, 34, 1000).start);
    expect(new Set(ranges).size).toBeLessThan(26);
  });

  it('has an answer for an empty list and for a view far below the end', () => {
    expect(rangeOf(0, 900, 34, 0)).toEqual({ start: 0, end: 0 });
    const { start, end } = rangeOf(34 * 5000, 900, 34, 1000);
    expect(start).toBeLessThan(1000);
    expect(end).toBe(1000);
  });
});

describe('rangesWith', () => {
  const range = { start: 100, end: 150 };

  it('keeps a row that is out of view, in the order of the list', () => {
    expect(rangesWith(range, 3, 1000)).toEqual([{ start: 3, end: 4 }, range]);
    expect(rangesWith(range, 900, 1000)).toEqual([range, { start: 900, end: 901 }]);
  });

  it('needs nothing more for a row in view, for none and for one that is gone', () => {
    for (const kept of [100, 149, -1, 1000]) expect(rangesWith(range, kept, 1000)).toEqual([range]);
  });
});

describe('the places of rows', () => {
  const capacity = 10;
  const slots = (start: number, end: number, kept: number | null = null) =>
    Array.from({ length: end - start }, (_, at) => slotOf(start + at, capacity, kept));

  it('stay with rows that stay, and go from rows that went to rows that came', () => {
    const before = slots(0, 8);
    const after = slots(4, 12);
    expect(after.slice(0, 4)).toEqual(before.slice(4));
    expect(new Set(after.slice(4))).toEqual(new Set([8, 9, 0, 1]));
  });

  it('are one for each row, also with one that is kept from elsewhere', () => {
    for (const kept of [null, 3, 25, 104, 999]) {
      const drawn = slots(100, 108, kept);
      const all = kept === null || (kept >= 100 && kept < 108) ? drawn : [...drawn, slotOf(kept, capacity, kept)];
      expect(new Set(all).size).toBe(all.length);
    }
  });
});
