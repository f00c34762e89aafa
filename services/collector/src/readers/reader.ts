import type { Figures } from '../rates/counters.ts';
import type { ContainerTag } from '../sweep/container-tag.ts';

/** How a container's network is counted. */
export type NetworkOwnership = 'own' | 'host' | 'shared' | 'none';

/** A container whose counters are to be read. */
export interface ReadTarget {
  /** The short id, by which it is known here. */
  readonly id: string;
  /** 64 hex digits. */
  readonly fullId: string;
  /** Its first process as the host sees it; 0 where the engine does not say. */
  readonly pid: number;
  /** The cgroup parent that it was started with; empty: the engine's own. */
  readonly cgroupParent: string;
  /** Where its cgroup is likely to be, below the root of a hierarchy. */
  readonly cgroupPaths?: readonly string[];
  readonly network: NetworkOwnership;
  /** When this run began, Unix milliseconds by the engine's clock, if its beginning was witnessed. */
  readonly bornAt: number | null;
  /** How it is written in messages. */
  readonly tag: ContainerTag;
}

/**
 * Takes one container's figures. `at` is when they were read, Unix milliseconds, where the reader has a time of its own
 * for them; null: they are the same as in the last sweep; undefined: just now.
 */
export type TakeRow = (target: ReadTarget, figures: Figures, at?: number | null) => void;

/** CPU in percent of one core, memory in bytes; null is unknown. */
export interface NodeFigures {
  cpu: number | null;
  mem: number | null;
  memTotal: number | null;
}

/** Reads the counters of the containers that it is told to watch. */
export interface Reader {
  readonly kind: 'cgroup' | 'engine' | 'kubelet';
  /** The shortest period that makes sense, in milliseconds. */
  readonly shortestIntervalMs: number;
  /** Begins with a container, or begins anew with another run of it: the first reading is taken at once. */
  watch(target: ReadTarget): void;
  unwatch(id: string): void;
  /** Whether it still has hold of that container. */
  watches(id: string): boolean;
  /** The engine has come back: what waits to be tried again is tried now. */
  hurry(): void;
  /**
   * Where its figures have a time of their own: the latest, Unix milliseconds; NaN: there are none yet. A sweep is told
   * when that has changed, and never faster. Readers without it read at the time of the sweep.
   */
  takenAt?(): number;
  /** What the node as a whole does, where the reader knows: for a host whose /proc is not to be seen. */
  node?(): NodeFigures | undefined;
  /** Hands over each container that has fresh figures. Never throws for a container that has gone meanwhile. */
  sweep(take: TakeRow): void;
  close(): void;
}

/** The milliseconds of a steady clock: it never goes back, and nothing is known of its zero. */
export type SteadyClock = () => number;
