/** Deliveries are tried for so long after the first attempt, then they are dead. */
export const GIVE_UP_MS = 24 * 3_600_000;

const BASE_MS = 1000;
const LONGEST_MS = 30 * 60_000;

/**
 * The pause before the next attempt, milliseconds: it doubles with each failed attempt up to half an hour, and lies
 * anywhere in the upper half of that, so that notices which failed together don't come back together.
 */
export function pauseAfter(attempts: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, BASE_MS * 2 ** Math.min(Math.max(0, attempts - 1), 20));
  return Math.round(ceiling * (0.5 + 0.5 * random()));
}
