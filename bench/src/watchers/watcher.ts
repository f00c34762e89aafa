import type { Engine } from '@deckwatch/testing';

/** A program that shows every container's figures once a second. */
export interface Watcher {
  /** With its descendants it is what the program costs. */
  pid: number;
  /** Of containers whose figures it showed since the last call, how many in a second, were all shown at 1 Hz. */
  seen(seconds: number): Promise<number>;
  stop(): Promise<void>;
}

export interface Scene {
  engine: Engine;
  containers: number;
  /** Of a broker, for those that need one. */
  natsUrl: string;
}

/** What can watch, by name; undefined: it is not installed here. */
export type WatcherKind = (scene: Scene) => Promise<Watcher | undefined>;

export const WATCHING_MS = 90_000;
