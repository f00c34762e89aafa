import { chance } from './chance.ts';
import type { Profile } from './plan.ts';

/** One sample, rounded as the collector rounds: CPU to hundredths, the rest whole. */
export interface Figures {
  cpu: number;
  mem: number;
  memLimit: number | null;
  rx: number;
  tx: number;
  rd: number;
  wr: number;
  pids: number;
}

const WAVE_MS = 50_000;
const FLICKER_MS = 1000;
const BURST_MS = 7000;
const BURST = 2.4;
/** Memory creeps up and falls back, as a collected heap does. */
const HEAP_MS = 90_000;

/**
 * What a container uses `elapsedMs` after the fleet began: waves and flicker of its own around its profile, a burst
 * now and then. What its profile says is nothing stays nothing, so that part of a fleet rests as real ones do.
 */
export function figuresAt(seed: number, index: number, profile: Profile, elapsedMs: number): Figures {
  const phase = chance(seed, index, 1);
  const wave = Math.sin(2 * Math.PI * (elapsedMs / (WAVE_MS * (0.7 + 0.6 * phase)) + phase));
  const flicker = chance(seed, index, 100 + Math.floor(elapsedMs / FLICKER_MS)) - 0.5;
  const burst = chance(seed, index + 500_000, Math.floor(elapsedMs / BURST_MS)) > 0.97 ? BURST : 1;
  const busy = Math.max(0.05, (1 + 0.35 * wave + 0.4 * flicker) * burst);
  const heap = ((elapsedMs / HEAP_MS + phase) % 1) * 0.3;
  const size = 0.6 + 0.8 * chance(seed, index, 2);
  const mem = profile.mem * size * (0.85 + heap);
  const rate = (usual: number): number => Math.round(usual * size * busy);
  return {
    cpu: Math.round(profile.cpu * size * busy * 100) / 100,
    mem: Math.round(profile.memLimit === null ? mem : Math.min(mem, profile.memLimit * 0.98)),
    memLimit: profile.memLimit,
    rx: rate(profile.rx),
    tx: rate(profile.tx),
    rd: rate(profile.rd),
    wr: rate(profile.wr),
    pids: Math.max(1, Math.round(profile.pids * (0.95 + 0.1 * busy * 0.5))),
  };
}
