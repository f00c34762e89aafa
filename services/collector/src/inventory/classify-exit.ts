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
