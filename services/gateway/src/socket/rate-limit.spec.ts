import { RateLimit } from './rate-limit.ts';

const takeAll = (limit: RateLimit, now: number): number => {
  let taken = 0;
  while (limit.take(now)) taken += 1;
  return taken;
};

describe('RateLimit', () => {
  it('allows a burst, then so many a second', () => {
    const limit = new RateLimit(50, 100, 0);
    expect(takeAll(limit, 0)).toBe(100);
    expect(takeAll(limit, 1000)).toBe(50);
    expect(takeAll(limit, 1010)).toBe(0);
  });

  it('saves up no more than a burst', () => {
    const limit = new RateLimit(50, 100, 0);
    expect(takeAll(limit, 3_600_000)).toBe(100);
  });

  it('is not confused by a clock that is set back', () => {
    const limit = new RateLimit(50, 100, 10_000);
    takeAll(limit, 10_000);
    expect(limit.take(5000)).toBe(false);
    expect(takeAll(limit, 6000)).toBe(50);
  });
});
