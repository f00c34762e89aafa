import { chance, smoothNoise } from './random.ts';

const DAY_MS = 86_400_000;

/**
 * How busy people are at this time of day: about 0.35 in the small hours, 1 in the early afternoon, with a second,
 * lower hill in the evening. `offsetMs` is the fleet's distance from UTC.
 */
export function daily(t: number, offsetMs = 0): number {
  const phase = ((((t + offsetMs) % DAY_MS) + DAY_MS) % DAY_MS) / DAY_MS;
  const hill = (center: number, width: number): number => {
    const apart = Math.min(Math.abs(phase - center), 1 - Math.abs(phase - center));
    return Math.exp(-((apart / width) ** 2));
  };
  return 0.35 + 0.65 * Math.min(1, hill(0.56, 0.16) + 0.6 * hill(0.84, 0.08));
}

/**
 * How active a container is, around 1: slow drifts, waves of a minute, the flicker of each second, and now and then a
 * short burst.
 */
export function activity(seed: number, key: string, t: number, restlessness: number): number {
  const drift = smoothNoise(seed, `${key}/drift`, t, 600_000) - 0.5;
  const wave = smoothNoise(seed, `${key}/wave`, t, 45_000) - 0.5;
  const flicker = smoothNoise(seed, `${key}/flicker`, t, 2500) - 0.5;
  const burst = chance(seed, `${key}/burst`, Math.floor(t / 7000)) > 0.93 ? 1.2 : 0;
  return Math.max(0.05, 1 + restlessness * (0.5 * drift + 0.7 * wave + 0.8 * flicker + burst));
}
