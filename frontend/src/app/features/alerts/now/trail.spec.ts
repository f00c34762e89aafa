import { STEP_MS, Trail, TRAIL_STEPS } from './trail.ts';

describe('a trail of five minutes', () => {
  const T = 1_000_000 * STEP_MS;
  const known = (trail: Trail) => [...trail.read()].filter((value) => !Number.isNaN(value));

  it('holds one value a step, the latest, and leaves gaps where none came', () => {
    const trail = new Trail();
    trail.put(T, 1);
    trail.put(T + 1000, 2);
    trail.put(T + 2 * STEP_MS, 3);
    expect([...trail.read()].slice(-3)).toEqual([2, NaN, 3]);
  });

  it('forgets what is older', () => {
    const trail = new Trail();
    trail.put(T, 1);
    trail.put(T + TRAIL_STEPS * STEP_MS, 2);
    expect(known(trail)).toEqual([2]);
  });

  it('takes the past behind what is known, and changes nothing of that', () => {
    const trail = new Trail();
    trail.put(T, 9);
    trail.fill(T - 2 * STEP_MS, STEP_MS, [7, null, 8]);
    expect([...trail.read()].slice(-3)).toEqual([7, NaN, 9]);
  });

  it('begins with the past where nothing is known yet', () => {
    const trail = new Trail();
    trail.fill(T, STEP_MS, [1, 2, null]);
    expect(known(trail)).toEqual([1, 2]);
  });
});
