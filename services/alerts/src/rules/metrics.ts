import type { HostReport } from '@deckwatch/contracts';
import { formatBytes, formatPercent, formatRate } from '@deckwatch/contracts';

/** A row of a sweep: the id, then one figure for each of STAT_COLS. */
export type Row = readonly (string | number | null)[];

/** What a container's metric is read from, beside the row of the sweep. */
export interface ContainerFacts {
  restarts: number;
}

/** Reads a metric from a row; null: unknown, which neither fires nor resolves. `memTotal` is the host's, bytes. */
export type ReadRow = (row: Row, facts: ContainerFacts, memTotal: number | null) => number | null;
export type ReadReport = (report: HostReport) => number | null;

const column =
  (at: number): ReadRow =>
  (row) => {
    const figure = row[at];
    return typeof figure === 'number' ? figure : null;
  };

/** Positions follow STAT_COLS, one further on because a row begins with the id. */
export const CONTAINER_METRICS: Readonly<Record<string, ReadRow>> = {
  cpu: column(1),
  mem: column(2),
  memPercent: (row, _facts, memTotal) => memPercent(row[2], row[3], memTotal),
  rx: column(4),
  tx: column(5),
  rd: column(6),
  wr: column(7),
  pids: column(8),
  restarts: (_row, facts) => facts.restarts,
};

export const HOST_METRICS: Readonly<Record<string, ReadReport>> = {
  cpu: (report) => report.cpu,
  cpuPercent: (report) => report.cpuPercent,
  mem: (report) => report.mem,
  memPercent: (report) => report.memPercent,
  running: (report) => report.running,
};

/** Percent of the limit; of the host's memory where there is no limit, or one that the host could never fill. */
function memPercent(mem: unknown, limit: unknown, memTotal: number | null): number | null {
  if (typeof mem !== 'number') return null;
  const total = typeof limit === 'number' && limit > 0 && (memTotal === null || limit < memTotal) ? limit : memTotal;
  return total === null || total <= 0 ? null : (mem / total) * 100;
}

const FORMATS: Record<string, (figure: number | null) => string> = {
  cpu: formatPercent,
  cpuPercent: formatPercent,
  memPercent: formatPercent,
  mem: formatBytes,
  rx: formatRate,
  tx: formatRate,
  rd: formatRate,
  wr: formatRate,
};

/** A figure as people read it. */
export function formatMetric(metric: string, figure: number | null): string {
  return FORMATS[metric]?.(figure) ?? (figure === null ? '–' : String(Math.round(figure * 100) / 100));
}

const NAMES: Record<string, string> = {
  cpu: 'CPU',
  cpuPercent: 'CPU',
  mem: 'memory',
  memPercent: 'memory',
  rx: 'incoming traffic',
  tx: 'outgoing traffic',
  rd: 'disk reads',
  wr: 'disk writes',
  pids: 'number of processes',
  restarts: 'number of restarts',
  running: 'number of running containers',
  replicas: 'number of running replicas',
  active: 'number of active sessions',
  created: 'number of sessions begun within a minute',
  destroyed: 'number of sessions ended within a minute',
};

export function nameOfMetric(metric: string): string {
  return NAMES[metric] ?? metric;
}
