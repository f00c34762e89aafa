import type { FlagName } from './flags.ts';
import type { ServiceStatus } from './service-status.ts';

/** One item of the topic `system`. */
export type SystemItem =
  | ({ key: string; kind: 'service'; status: 'up' | 'degraded' | 'down' } & Omit<ServiceStatus, 'v'>)
  | { key: string; kind: 'broker'; name: 'nats' | 'redis'; status: 'up' | 'down'; reason: string | null; t: number }
  | { key: string; kind: 'flag'; name: FlagName; value: boolean; t: number }
  | { key: string; kind: 'notice'; level: 'warning' | 'error'; message: string; t: number };
