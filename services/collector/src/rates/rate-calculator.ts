import { Counters, type Figures } from './counters.ts';

/** Two readings nearer than this say nothing about a rate: ticks of the kernel's own accounting are up to 10 ms. */
export const SHORTEST_ELAPSED_MS = 100;
/** Two readings further apart are not of one measurement: the machine slept, or a clock was set. */
export const LONGEST_ELAPSED_MS = 10 * 60_000;

/** Turns the readings of one container into figures. One for all readers; it holds the last figures that it found. */
export class RateCalculator implements Figures {
  cpu = NaN;
  mem = NaN;
  memLimit = NaN;
  rx = NaN;
  tx = NaN;
  rd = NaN;
  wr = NaN;
  pids = NaN;
  private readonly last = new Counters();
  private primed = false;

  /** Forgets the readings so far: the next one is a first. */
  reset(): void {
    this.primed = false;
  }

  /**
   * Takes a reading. Returns whether the figures are fresh: not after a first reading, one as old as the last, one
   * that came too soon after it, or one whose CPU counter went back (the container was started anew).
   */
  take(now: Counters): boolean {
    if (!this.primed || !(now.cpuNs >= this.last.cpuNs)) {
      this.begin(now);
      return false;
    }
    const elapsed = now.at - this.last.at;
    if (!(elapsed >= SHORTEST_ELAPSED_MS)) {
      if (!(elapsed >= 0)) this.begin(now);
      return false;
    }
    if (elapsed > LONGEST_ELAPSED_MS) {
      this.begin(now);
      return false;
    }
    const cpuElapsed = now.cpuAt - this.last.cpuAt;
    this.cpu = ((now.cpuNs - this.last.cpuNs) / ((cpuElapsed > 0 ? cpuElapsed : elapsed) * 1e6)) * 100;
    const perSecond = 1000 / elapsed;
    this.rx = rate(now.rx, this.last.rx, perSecond);
    this.tx = rate(now.tx, this.last.tx, perSecond);
    this.rd = rate(now.rd, this.last.rd, perSecond);
    this.wr = rate(now.wr, this.last.wr, perSecond);
    this.mem = now.mem;
    this.memLimit = now.memLimit;
    this.pids = now.pids;
    this.last.copy(now);
    return true;
  }

  private begin(now: Counters): void {
    this.last.copy(now);
    this.primed = now.cpuNs >= 0;
  }
}

/** NaN where one of the two is unknown or the counter went back, as when an interface was taken away. */
function rate(now: number, last: number, perSecond: number): number {
  return now >= last ? (now - last) * perSecond : NaN;
}
