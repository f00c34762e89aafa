import type { Bus, Log } from '@deckwatch/bus';
import type { ServiceName } from '@deckwatch/contracts';
import type { Clock } from './clock.ts';
import type { Metrics } from './metrics.ts';
import type { Parts } from './parts.ts';

/** What a service finds when it starts. */
export interface ServiceContext<S = unknown> {
  service: ServiceName;
  /** Tells this instance from others of its service. */
  instance: string;
  version: string;
  settings: S;
  bus: Bus;
  log: Log;
  parts: Parts;
  metrics: Metrics;
  clock: Clock;
}
