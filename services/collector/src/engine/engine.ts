import type { ContainerDetails, ContainerEvent, ContainerState, Health } from '@deckwatch/contracts';
import type { EngineAddress } from './engine-address.ts';

/** What the engine says of itself. */
export interface EngineInfo {
  /** Stays the same over restarts; empty where the engine has none. */
  id: string;
  name: string;
  version: string | null;
  cpus: number;
  /** Bytes. */
  memTotal: number | null;
  /** The kernel that it runs on. */
  kernel: string | null;
  /** The engine's clock, Unix milliseconds. */
  time: number | null;
  labels: string[];
}

/** A line of the list of containers. */
export interface ListedContainer {
  /** 64 hex digits. */
  id: string;
  name: string;
  state: ContainerState;
  health: Health;
}

/** A container as it stands at the moment of an inspection. Times are Unix milliseconds by the engine's clock. */
export interface ContainerFacts {
  id: string;
  name: string;
  image: string;
  state: ContainerState;
  /** Null without a health check, and while it does not run. */
  health: Health;
  labels: Record<string, string>;
  createdAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  /** How often the engine itself restarted it since it was last started by hand. */
  restartCount: number;
  exitCode: number | null;
  oomKilled: boolean | null;
  /** 0: no process; null: the engine does not tell. */
  pid: number | null;
  networkMode: string;
  cgroupParent: string;
  /** How often it was restarted in all, where the engine counts that. */
  allRestarts?: number;
  /** What the runtime calls the run that it is in, where that is not its id. */
  runId?: string;
  /** Where its cgroup is likely to be, below the root of a hierarchy. */
  cgroupPaths?: readonly string[];
  /** Whose it is, where labels do not tell. */
  belongsTo?: Membership;
}

/** The project and service of a container; null: none. */
export interface Membership {
  project: string | null;
  service: string | null;
}

export const ENGINE_ACTIONS = [
  'create',
  'start',
  'kill',
  'stop',
  'die',
  'oom',
  'pause',
  'unpause',
  'rename',
  'destroy',
  'health_status',
] as const;
export type EngineAction = (typeof ENGINE_ACTIONS)[number];

/** What Podman calls some of them, to be asked for or in its answers. */
export const PODMAN_ACTIONS: Readonly<Record<string, EngineAction>> = { died: 'die', remove: 'destroy' };

/** Something that happened to a container. */
export interface EngineEvent {
  id: string;
  action: EngineAction;
  /** When, Unix milliseconds by the engine's clock. */
  t: number;
  /** The same in nanoseconds, as exactly as a double holds it: tells an event that was sent twice. */
  nano: number;
  name: string;
  image: string;
  /** Of `health_status`. */
  health: Health;
  /** Of `die`. */
  exitCode: number | null;
  /** What the engine tells along: the container's labels among others. */
  attributes: Record<string, string>;
  /** The container as it stood just then, where the engine tells that along; else it is inspected. */
  facts?: ContainerFacts;
}

/** A stream that stays open until it is closed here or ends there. */
export interface EngineStream {
  close(): void;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

/** The calls of a container engine that are used: all of them only read. They reject when the engine is away. */
export interface Engine {
  readonly address: EngineAddress;
  /** Told before anything else what is stored of its containers. */
  restore?(messages: Iterable<ContainerEvent>): void;
  ping(timeoutMs?: number): Promise<void>;
  info(timeoutMs?: number): Promise<EngineInfo>;
  /** All containers, those too that don't run. */
  list(): Promise<ListedContainer[]>;
  /** Undefined: no such container. */
  inspect(id: string, timeoutMs?: number): Promise<ContainerFacts | undefined>;
  /** What people want to know of a container. Undefined: no such container. */
  details(id: string, timeoutMs?: number): Promise<ContainerDetails | undefined>;
  /** The end of a container's log as the engine sends it, at most 1 MiB. Undefined: no such container. */
  logTail(id: string, lines: number, timeoutMs?: number): Promise<Buffer | undefined>;
  /** Events from `sinceMs` on (engine's clock), then each as it happens. */
  events(sinceMs: number, onEvent: (event: EngineEvent) => void): Promise<EngineStream>;
  /** One answer of the stats API about once a second. Undefined: no such container. */
  stats(id: string, onAnswer: (answer: unknown) => void): Promise<EngineStream | undefined>;
  close?(): void;
}
