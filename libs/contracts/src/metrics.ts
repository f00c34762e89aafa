/** What a rule may be about, by its target. */
export const METRICS = {
  container: ['cpu', 'mem', 'memPercent', 'rx', 'tx', 'rd', 'wr', 'pids', 'restarts'],
  host: ['cpu', 'cpuPercent', 'mem', 'memPercent', 'running'],
  sessions: ['active', 'created', 'destroyed'],
  service: ['cpu', 'mem', 'rx', 'tx', 'rd', 'wr', 'pids', 'replicas'],
} as const;
