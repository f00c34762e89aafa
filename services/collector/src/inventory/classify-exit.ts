/** How long after a stop or kill an exit counts as asked for, in milliseconds. */
export const ASKED_FOR_MS = 30_000;

export interface Exit {
  /** When it ended, Unix milliseconds. */
  t: number;
  /** Null: unknown. */
  code: number | null;
  /** When a stop or kill was last asked for in this run; undefined: never. */
  stopAskedAt: number | undefined;
}

/**
 * `stopped`: asked for by a stop or kill in the 30 s before, or exit code 0. `died`: anything else, being killed for
 * want of memory included.
 */
export function classifyExit({ t, code, stopAskedAt }: Exit): 'stopped' | 'died' {
  if (code === 0) return 'stopped';
  return stopAskedAt !== undefined && t - stopAskedAt <= ASKED_FOR_MS ? 'stopped' : 'died';
}

/** Ended by SIGINT, SIGKILL or SIGTERM. */
const ENDED_BY_SIGNAL = new Set([130, 137, 143]);
/** Nobody waits longer for a container to end. */
const LONGEST_STOP_MS = 10 * 60_000;

/**
 * Whether somebody asked for the exit. One that took its time over it, as a stop with a long grace allows, is told as
 * `died` all the same, and by this from one that crashed.
 */
export function wasAskedFor({ t, code, stopAskedAt }: Exit): boolean {
  if (stopAskedAt === undefined) return false;
  const tookMs = t - stopAskedAt;
  return tookMs <= ASKED_FOR_MS || (tookMs <= LONGEST_STOP_MS && code !== null && ENDED_BY_SIGNAL.has(code));
}
