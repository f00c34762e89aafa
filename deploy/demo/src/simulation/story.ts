import type { ContainerPlan, Temper } from './plan.ts';
import { chance } from './random.ts';

/** What happens to a container from outside or by its own fault. */
export type Act = 'unhealthy' | 'healthy' | 'crash' | 'run' | 'finish' | 'deploy' | 'pause' | 'unpause';

export interface Happening {
  /** Unix milliseconds. */
  at: number;
  container: string;
  act: Act;
}

const S = 1000;

interface Script {
  /** How long after the start of the fleet it first happens, and how long from one time to the next. */
  firstMs: number;
  everyMs: number;
  /** How far, at most, chance moves each time but the first. */
  jitterMs: number;
  acts: { afterMs: number; act: Act }[];
}

/**
 * The first troubles come soon after the start, each at another moment, so that whoever has just arrived sees alerts
 * begin and end within a minute and a half; later ones come every few minutes.
 */
const SCRIPTS: Partial<Record<Temper, Script>> = {
  batch: { firstMs: 8 * S, everyMs: 150 * S, jitterMs: 20 * S, acts: [{ afterMs: 0, act: 'run' }, { afterMs: 25 * S, act: 'finish' }] },
  flaky: { firstMs: 14 * S, everyMs: 300 * S, jitterMs: 60 * S, acts: [{ afterMs: 0, act: 'unhealthy' }, { afterMs: 24 * S, act: 'healthy' }] },
  crashing: { firstMs: 20 * S, everyMs: 270 * S, jitterMs: 60 * S, acts: [{ afterMs: 0, act: 'crash' }] },
  deployed: { firstMs: 70 * S, everyMs: 600 * S, jitterMs: 120 * S, acts: [{ afterMs: 0, act: 'deploy' }] },
  paused: { firstMs: 100 * S, everyMs: 900 * S, jitterMs: 60 * S, acts: [{ afterMs: 0, act: 'pause' }, { afterMs: 40 * S, act: 'unpause' }] },
}; // prettier-ignore

export const RUSH = { firstMs: 30 * S, everyMs: 420 * S, lengthMs: 32 * S } as const;

/** In a large fleet not all are in trouble at once: each but the first of its kind is late by up to this. */
const SPREAD_MS = 240 * S;

export interface StoryOptions {
  seed: number;
  /** When the fleet began, Unix milliseconds. */
  startedAt: number;
}

/** What happens after `from` and up to `to`, in order of time. */
export function happenings(
  plan: readonly ContainerPlan[],
  { seed, startedAt }: StoryOptions,
  from: number,
  to: number,
): Happening[] {
  const firstOfTemper = new Set<Temper>();
  const found: Happening[] = [];
  for (const { name, temper } of plan) {
    const script = SCRIPTS[temper];
    if (!script) continue;
    const late = firstOfTemper.has(temper) ? Math.floor(chance(seed, `${name}/late`) * SPREAD_MS) : 0;
    firstOfTemper.add(temper);
    for (const begin of beginnings(script, seed, name, startedAt + late, from, to)) {
      for (const { afterMs, act } of script.acts) {
        const at = begin + afterMs;
        if (at > from && at <= to) found.push({ at, container: name, act });
      }
    }
  }
  return found.sort((a, b) => a.at - b.at);
}

/** When a script begins, for all beginnings whose acts may fall between `from` and `to`. */
function beginnings(script: Script, seed: number, name: string, startedAt: number, from: number, to: number): number[] {
  const longest = Math.max(...script.acts.map(({ afterMs }) => afterMs)) + script.jitterMs;
  const first = startedAt + script.firstMs;
  const lowest = Math.max(0, Math.floor((from - longest - first) / script.everyMs));
  const times: number[] = [];
  for (let round = lowest; first + round * script.everyMs <= to; round += 1) {
    const moved = round === 0 ? 0 : Math.floor(chance(seed, `${name}/round`, round) * script.jitterMs);
    times.push(first + round * script.everyMs + moved);
  }
  return times;
}

/** How far into a rush the fleet is, 0 to 1: 0 outside, 1 in its middle, with short slopes. */
export function rushAt(t: number, startedAt: number): number {
  const since = t - startedAt - RUSH.firstMs;
  if (since < 0) return 0;
  const within = since % RUSH.everyMs;
  if (within > RUSH.lengthMs) return 0;
  const slope = 2 * S;
  return Math.min(1, within / slope, (RUSH.lengthMs - within) / slope);
}
