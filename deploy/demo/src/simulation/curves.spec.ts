import { activity, daily } from './curves.ts';
import { chance, hexDigits, smoothNoise } from './random.ts';

const HOUR = 3_600_000;

describe('daily', () => {
  it('is high in the early afternoon, low in the small hours', () => {
    expect(daily(13.5 * HOUR)).toBeGreaterThan(0.95);
    expect(daily(3 * HOUR)).toBeLessThan(0.4);
  });
  it('repeats each day, before 1970 too', () => {
    expect(daily(5 * HOUR)).toBeCloseTo(daily(29 * HOUR));
    expect(daily(-19 * HOUR)).toBeCloseTo(daily(5 * HOUR));
  });
});

describe('activity', () => {
  it('stays around 1, moves, and never stops', () => {
    const values = Array.from({ length: 600 }, (_, second) => activity(7, 'x', second * 1000, 0.6));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeGreaterThan(0.7);
    expect(mean).toBeLessThan(1.4);
    expect(Math.min(...values)).toBeGreaterThan(0);
    expect(new Set(values.map((value) => value.toFixed(2))).size).toBeGreaterThan(30);
  });
});

describe('chance', () => {
  it('is even between 0 and 1, and the same for the same key', () => {
    const values = Array.from({ length: 10_000 }, (_, index) => chance(3, 'k', index));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => values.filter((value) => Math.floor(value * 10) === tenth).length,
    );
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(chance(3, 'k', 5)).toBe(values[5]);
  });
  it('gives hex digits of any length, different for each key', () => {
    expect(hexDigits(1, 'a', 64)).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(Array.from({ length: 5000 }, (_, index) => hexDigits(1, `c${index}`, 12))).size).toBe(5000);
  });
  it('moves smoothly when asked for noise', () => {
    for (let t = 0; t < 60_000; t += 100)
      expect(Math.abs(smoothNoise(1, 'n', t + 100, 10_000) - smoothNoise(1, 'n', t, 10_000))).toBeLessThan(0.05);
  });
});
