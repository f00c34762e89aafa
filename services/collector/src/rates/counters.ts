/**
 * What a reader found of one container at one moment. Counters only ever grow while the container lives; gauges stand
 * for themselves. NaN is unknown: unlike null it keeps the fields numbers, and the hot road free of allocation.
 */
export class Counters {
  /** When it was read, in milliseconds on the reader's own steady clock. */
  at = NaN;
  /**
   * The same moment on the clock that CPU time is measured by, in milliseconds, where that is another one; NaN: it is
   * the same.
   */
  cpuAt = NaN;
  /** CPU time used since the container started, in nanoseconds. */
  cpuNs = NaN;
  /** Bytes received and sent, without `lo`. */
  rx = NaN;
  tx = NaN;
  /** Bytes read from and written to block devices. */
  rd = NaN;
  wr = NaN;
  /** Working set in bytes, as `docker stats` counts it. */
  mem = NaN;
  /** Bytes; NaN without a limit. */
  memLimit = NaN;
  pids = NaN;

  copy(from: Counters): void {
    this.at = from.at;
    this.cpuAt = from.cpuAt;
    this.cpuNs = from.cpuNs;
    this.rx = from.rx;
    this.tx = from.tx;
    this.rd = from.rd;
    this.wr = from.wr;
    this.mem = from.mem;
    this.memLimit = from.memLimit;
    this.pids = from.pids;
  }

  /** As they stand at the birth of a container. */
  static zero(at: number): Counters {
    const counters = new Counters();
    counters.at = at;
    counters.cpuNs = counters.rx = counters.tx = counters.rd = counters.wr = 0;
    return counters;
  }
}

/** One row of figures; NaN is unknown. CPU in percent of one core, rates in bytes per second. */
export interface Figures {
  cpu: number;
  mem: number;
  memLimit: number;
  rx: number;
  tx: number;
  rd: number;
  wr: number;
  pids: number;
}
