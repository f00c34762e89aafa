import type { AlertMessage } from './alert.ts';
import type { Container } from './container.ts';
import type { Flags } from './flags.ts';
import type { Host } from './host.ts';
import type { SessionCount, SessionEvent } from './session.ts';
import type { SystemItem } from './system.ts';

/** Frames from the gateway, for readers of TypeScript; on the wire each is `{event, data}`. */
export type Epoch = string | number;
export interface Position {
  epoch: Epoch;
  seq: number;
}
export interface StatsData {
  t: number;
  cols: readonly string[];
  /** A key alone: gone. */
  rows: (readonly [key: string, ...figures: (number | null)[]])[];
}
export interface Removed {
  key: string;
  removed: true;
}
export interface TopicData {
  hosts: { items: (Host | Removed)[] };
  containers: { items: (Container | Removed)[] };
  stats: StatsData;
  'sessions.count': SessionCount;
  system: { items: (SystemItem | Removed)[] };
  'sessions.events': SessionEvent;
  alerts: AlertMessage;
}
export interface ServerFrames {
  welcome: {
    protocol: 1;
    connection: string;
    user: { name: string; role: string };
    flags: Flags;
    heartbeatMs: number;
    expiresAt: number | null;
    t: number;
    /** Of the gateway. */
    version?: string;
  };
  subscribed: {
    id: string | number;
    topics: ({ topic: string; recovered: boolean } & Position)[];
    rejected: { topic: string; code: ErrorCode; message: string }[];
  };
  unsubscribed: { id: string | number; topics: string[] };
  snapshot: { topic: string; data: unknown } & Position;
  update: { topic: string; data: unknown } & Position;
  event: { topic: string; prev: number; data: unknown } & Position;
  dropped: { topic: string; count: number };
  pong: { t: number };
  heartbeat: { t: number };
  /** `topic`: the one that a flag ended. */
  error: { id?: string | number; code: ErrorCode; message: string; retry: boolean; topic?: string };
}
export type ServerFrame = { [E in keyof ServerFrames]: { event: E; data: ServerFrames[E] } }[keyof ServerFrames];

export const ERROR_CODES = ['unknown_topic', 'forbidden', 'disabled', 'limit', 'bad_request', 'unavailable'] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Why a connection ends. 4000-4099: come back with back-off; 4400-4499: not unchanged. */
export const CLOSE = {
  tooSlow: 4008,
  restarting: 4009,
  malformed: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  noHello: 4408,
  tooManyMessages: 4429,
} as const;

const COME_BACK = /come back in (\d{1,6}) ms/;

/** The reason that goes with 4009: when this client is to come back, so that not all do at once. */
export function restartingReason(retryMs: number): string {
  return `restarting, come back in ${Math.round(retryMs)} ms`;
}

/** When a closing reason asks one back, in milliseconds from then; undefined: it does not say. */
export function retryMsOf(reason: string): number | undefined {
  const said = COME_BACK.exec(reason)?.[1];
  return said === undefined ? undefined : Number(said);
}

/** Limits of one connection. */
export const LIMITS = {
  frameBytes: 64 * 1024,
  topicsAndKeys: 1000,
  framesPerSecond: 50,
  burst: 100,
  unsentLogBytes: 1024 * 1024,
  helloMs: 5000,
  heartbeatMs: 15_000,
  replayItems: 10_000,
  defaultRateMs: 1000,
  /** How long a connection that was closed for being slow is left to read the reason. */
  lingerMs: 2000,
} as const;
