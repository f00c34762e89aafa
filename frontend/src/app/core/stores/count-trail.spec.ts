import { aSessionEvent } from '../../../testing/builders.ts';
import { CountTrail, TRAIL_MS } from './count-trail.ts';

const NOW = 1_000_000_000;
const MINUTE = 60_000;

describe('CountTrail', () => {
  let trail: CountTrail;
  /** The values, a minute apart. */
  const minutes = () => [...trail.values('shop', NOW)].filter((_, index) => index % 12 === 11);
  beforeEach(() => {
    trail = new CountTrail();
  });

  it('holds a count until the next one, and knows nothing of the time before', () => {
    trail.note('shop', 5, NOW - 3 * MINUTE);
    trail.note('shop', 8, NOW - 90_000);
    expect(minutes()).toEqual([NaN, 5, 5, 8, 8]);
    expect([...trail.values('wiki', NOW)].every(Number.isNaN)).toBe(true);
  });

  it('ends with what is known last, though the clocks differ a little', () => {
    trail.note('shop', 5, NOW - MINUTE);
    trail.note('shop', 6, NOW + 300);
    expect(minutes().at(-1)).toBe(6);
  });

  it('does not go back to what came late', () => {
    trail.note('shop', 5, NOW - MINUTE);
    trail.note('shop', 4, NOW - 2 * MINUTE);
    expect(minutes()).toEqual([NaN, NaN, NaN, 5, 5]);
  });

  it('takes the past from events that were read', () => {
    trail.note('shop', 7, NOW);
    trail.note('wiki', 3, NOW);
    const joined = aSessionEvent({ t: NOW - MINUTE, active: 7 });
    const left = aSessionEvent({ t: NOW - 150_000, active: 6, delta: -1, event: 'destroyed' });
    trail.recall([joined, left], NOW - 4 * MINUTE);
    expect(minutes()).toEqual([7, 7, 6, 7, 7]);
    expect(trail.values('wiki', NOW)[20]).toBe(3);
  });

  it('keeps the order of events of one moment', () => {
    trail.note('shop', 3, NOW);
    const burst = [3, 2, 1].map((active) => aSessionEvent({ t: NOW - MINUTE, active, delta: 1 }));
    trail.recall(burst, NOW - 4 * MINUTE);
    expect(minutes()).toEqual([0, 0, 0, 3, 3]);
  });

  it('forgets what is older than its span', () => {
    for (let second = 0; second <= 2000; second += 1) trail.note('shop', second % 50, NOW - 2_000_000 + second * 1000);
    expect(
      trail
        .values('shop', NOW - TRAIL_MS - 1000)
        .slice(0, -1)
        .every(Number.isNaN),
    ).toBe(true);
    expect(minutes().every((value) => value >= 0)).toBe(true);
  });
});
