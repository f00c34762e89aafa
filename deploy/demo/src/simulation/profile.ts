const MIB = 1024 * 1024;
const KIB = 1024;

/** What a kind of container usually needs. CPU in percent of one core, memory in bytes, rates in bytes per second. */
export interface Profile {
  cpu: number;
  mem: number;
  memLimit: number | null;
  rx: number;
  tx: number;
  rd: number;
  wr: number;
  pids: number;
  /** How much of it follows the time of day, 0 to 1. */
  human: number;
  /** How much it moves, 0 to 1. */
  restlessness: number;
}

const profile = (over: Partial<Profile>): Profile => ({
  cpu: 5,
  mem: 128 * MIB,
  memLimit: null,
  rx: 4 * KIB,
  tx: 4 * KIB,
  rd: 0,
  wr: 2 * KIB,
  pids: 8,
  human: 0.6,
  restlessness: 0.6,
  ...over,
});

export const PROFILES = {
  proxy: profile({ cpu: 6, mem: 38 * MIB, rx: 900 * KIB, tx: 1200 * KIB, pids: 9, human: 0.9 }),
  web: profile({ cpu: 22, mem: 210 * MIB, memLimit: 512 * MIB, rx: 320 * KIB, tx: 900 * KIB, pids: 23, human: 0.9 }),
  api: profile({ cpu: 31, mem: 340 * MIB, memLimit: 768 * MIB, rx: 260 * KIB, tx: 410 * KIB, pids: 31, human: 0.9 }),
  database: profile({
    cpu: 18, mem: 980 * MIB, memLimit: 2048 * MIB, rx: 180 * KIB, tx: 640 * KIB, rd: 420 * KIB, wr: 760 * KIB, pids: 42, human: 0.7,
  }),
  cache: profile({ cpu: 7, mem: 160 * MIB, memLimit: 256 * MIB, rx: 210 * KIB, tx: 480 * KIB, wr: 12 * KIB, pids: 5, human: 0.8 }),
  model: profile({ cpu: 44, mem: 610 * MIB, memLimit: 1024 * MIB, rx: 60 * KIB, tx: 90 * KIB, pids: 18, restlessness: 0.9 }),
  worker: profile({ cpu: 12, mem: 150 * MIB, memLimit: 384 * MIB, rx: 40 * KIB, tx: 30 * KIB, wr: 60 * KIB, pids: 12, human: 0.3 }),
  transcoder: profile({ cpu: 60, mem: 420 * MIB, rx: 800 * KIB, tx: 120 * KIB, rd: 900 * KIB, wr: 1400 * KIB, pids: 14, human: 0.2 }),
  batch: profile({ cpu: 85, mem: 190 * MIB, memLimit: 512 * MIB, rx: 600 * KIB, wr: 2200 * KIB, pids: 4, human: 0 }),
  idle: profile({ cpu: 0.8, mem: 64 * MIB, rx: 300, tx: 200, wr: 0, pids: 3, human: 0.1, restlessness: 0.4 }),
} as const satisfies Record<string, Profile>; // prettier-ignore
export type ProfileName = keyof typeof PROFILES;
