import { z } from 'zod';
import { DurationMs, Figure, Timestamp, Token, V1 } from './primitives.ts';

/** Which reader takes a host's samples; null while there is nothing to read from. */
export const ReaderKind = z.enum(['cgroup', 'engine', 'kubelet']).nullable();
export type ReaderKind = z.infer<typeof ReaderKind>;

export const EngineState = z.enum(['up', 'away', 'none']);
export type EngineState = z.infer<typeof EngineState>;

/** `deckwatch.hosts.<host>`: a host's own totals, once a sweep. */
export const HostReport = z.object({
  v: V1,
  t: Timestamp,
  host: Token,
  cpus: z.int().min(1),
  cpu: Figure.describe('percent of one core'),
  cpuPercent: Figure.describe('percent of the whole host'),
  mem: Figure.describe('MemTotal - MemAvailable, bytes'),
  memPercent: Figure,
  memTotal: Figure,
  containers: z.int().nullable(),
  running: z.int().nullable(),
  intervalMs: DurationMs,
  reader: ReaderKind,
  engine: EngineState,
  /** Why the engine is not up, in one sentence with the line that mends it. */
  engineReason: z.string().nullable().optional(),
  engineVersion: z.string().nullable().optional(),
  demo: z.boolean(),
  cost: z.object({
    cpu: Figure.describe('the collector itself, percent of one core'),
    rss: Figure.describe('the collector itself, bytes'),
    engineCpu: Figure.describe('the engine, percent of one core'),
  }),
});
export type HostReport = z.infer<typeof HostReport>;

/** Who holds a host's name, and what it reported last: what is kept of a host in the bucket of hosts. */
export const HostRecord = z.object({
  /** The engine's id, or `machine:<id>` while no engine was seen. */
  engineId: z.string(),
  /** The machine that the collector runs on. */
  machine: z.string().default(''),
  /** When it was last heard of. */
  t: Timestamp,
  /** Its last report, at most a minute old while it is there; missing until it has reported. */
  report: HostReport.optional(),
});
export type HostRecord = z.infer<typeof HostRecord>;

/** A host is stale after 3 intervals without a report, down after the longer of 10 s and 5 intervals. */
export const HostStatus = z.enum(['up', 'stale', 'down']);
export type HostStatus = z.infer<typeof HostStatus>;

/** A host as topics and REST show it. */
export const Host = HostReport.extend({ key: Token, status: HostStatus });
export type Host = z.infer<typeof Host>;
