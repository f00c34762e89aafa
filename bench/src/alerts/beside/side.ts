/** What watches the series: Deckwatch or Prometheus, as processes of their own. */
export interface Side {
  /** So many rules on every series from now on; resolves when all are evaluated. */
  setRules(count: number): Promise<void>;
  count(): Promise<SideCount>;
  stop(): Promise<void>;
}

/** Counters since it was started. */
export interface SideCount {
  /** User and system time of the process that evaluates. */
  cpuMs: number;
  /** With all others that the way of an alert needs. */
  allCpuMs: number;
  /** How often one rule was looked at on one series. */
  evaluations: number;
  /** What it says itself that looking at rules took, by the clock on the wall; undefined: it doesn't say. */
  ownMs?: number;
  /** Of the process that evaluates. */
  rss: number;
}

export const HOSTS = 10;
export const INTERVAL_MS = 1000;
