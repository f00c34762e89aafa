import { faultOf } from '@deckwatch/bus';
import type { Clock, Log } from '@deckwatch/service-kit';
import type { Figures } from '../../rates/counters.ts';
import { RateCalculator } from '../../rates/rate-calculator.ts';
import type { NodeFigures, Reader, ReadTarget, SteadyClock, TakeRow } from '../reader.ts';
import { readSummary, type KubeletSample, type PodNetwork, type Summary } from './summary.ts';

/** The kubelet counts about every ten seconds: asking more often shows nothing new. */
const KUBELET_PERIOD_MS = 10_000;
const STALE_INTERVALS = 3.5;
const TIMEOUT_MS = 8000;

export interface KubeletReaderOptions {
  http: { json(path: string, timeoutMs?: number): Promise<unknown> };
  /** Which pod a container is of, as the kubelet calls it, and what it is called there. Undefined: it is gone. */
  placeOf(id: string): { podUid: string; container: string } | undefined;
  /** How often figures are wanted, in milliseconds. */
  wantedMs: number;
  /** How often the kubelet counts. */
  shortestMs?: number;
  clock: Clock;
  steady: SteadyClock;
  log: Log;
  /** There are figures that were not there before. */
  onFresh(): void;
}

class Watched {
  readonly rates = new RateCalculator();
  readonly network = new RateCalculator();
  countedSince = '';
  /** The kubelet's time of the figures, Unix milliseconds; NaN: none yet. */
  at = NaN;
  /** The same, of the figures that the last sweep held. */
  toldAt = NaN;
  /** When they came, on the steady clock. */
  cameAt = -Infinity;
  rx = NaN;
  tx = NaN;

  constructor(readonly target: ReadTarget) {}
}

/**
 * Reads what the node's kubelet has counted. Figures have the kubelet's own time and come no faster than it counts;
 * what it does not say stays unknown: blocks read and written, processes.
 */
export class KubeletReader implements Reader {
  readonly kind = 'kubelet';
  readonly shortestIntervalMs: number;
  private readonly intervalMs: number;
  private readonly watched = new Map<string, Watched>();
  private readonly nodeRates = new RateCalculator();
  private nodeFigures: NodeFigures | undefined;
  private nodeCameAt = -Infinity;
  private cameAt = -Infinity;
  private timer: object | number | undefined;
  private closed = false;
  private asking = false;
  private fault: string | undefined;
  private newest = NaN;
  private readonly row: Figures = {
    cpu: NaN,
    mem: NaN,
    memLimit: NaN,
    rx: NaN,
    tx: NaN,
    rd: NaN,
    wr: NaN,
    pids: NaN,
  };

  constructor(private readonly options: KubeletReaderOptions) {
    this.shortestIntervalMs = options.shortestMs ?? KUBELET_PERIOD_MS;
    this.intervalMs = Math.max(this.shortestIntervalMs, options.wantedMs);
    void this.ask();
  }

  watch(target: ReadTarget): void {
    this.watched.set(target.id, new Watched(target));
  }

  unwatch(id: string): void {
    this.watched.delete(id);
  }

  watches(id: string): boolean {
    return this.watched.has(id);
  }

  hurry(): void {
    void this.ask();
  }

  /** The time of the latest figures; when they have become stale, just after it: a last sweep, without them. */
  takenAt(): number {
    return this.stale(this.cameAt) ? this.newest + 1 : this.newest;
  }

  node(): NodeFigures | undefined {
    return this.stale(this.nodeCameAt) ? undefined : this.nodeFigures;
  }

  sweep(take: TakeRow): void {
    for (const one of this.watched.values()) {
      if (Number.isNaN(one.at) || this.stale(one.cameAt)) continue;
      const { row } = this;
      row.cpu = one.rates.cpu;
      row.mem = one.rates.mem;
      row.memLimit = one.rates.memLimit;
      row.rx = one.rx;
      row.tx = one.tx;
      take(one.target, row, one.at === one.toldAt ? null : Math.round(one.at));
      one.toldAt = one.at;
    }
  }

  close(): void {
    this.closed = true;
    this.options.clock.clearTimeout(this.timer);
    this.watched.clear();
  }

  private stale(cameAt: number): boolean {
    return this.options.steady() - cameAt > STALE_INTERVALS * Math.max(this.intervalMs, KUBELET_PERIOD_MS);
  }

  /** One question at a time, and the next one an interval after the last was put. */
  private async ask(): Promise<void> {
    if (this.asking || this.closed) return;
    this.asking = true;
    const { intervalMs } = this;
    const { clock, http } = this.options;
    clock.clearTimeout(this.timer);
    const askedAt = this.options.steady();
    try {
      this.take(await http.json('/stats/summary', TIMEOUT_MS));
    } catch (error) {
      this.failed(faultOf(error));
    }
    this.asking = false;
    if (this.closed) return;
    const took = this.options.steady() - askedAt;
    this.timer = clock.setTimeout(() => void this.ask(), Math.max(1, intervalMs - took));
  }

  private take(answer: unknown): void {
    if (this.closed) return;
    const summary = readSummary(answer);
    if (!summary) return this.failed('the answer is no summary');
    if (this.fault !== undefined) this.options.log.info('kubelet answers again');
    this.fault = undefined;
    this.takeNode(summary);
    let fresh = false;
    for (const one of this.watched.values()) fresh = this.takeContainer(one, summary) || fresh;
    if (fresh) this.options.onFresh();
  }

  /** Told once, until it is another fault or all is well again. */
  private failed(fault: string): void {
    if (this.closed || fault === this.fault) return;
    this.fault = fault;
    this.options.log.warn('no figures from the kubelet', { fault });
  }

  private takeNode({ node, nodeMemTotal }: Summary): void {
    const fresh = this.nodeRates.take(node);
    if (!fresh && !Number.isNaN(this.nodeRates.cpu)) return;
    this.nodeCameAt = this.options.steady();
    const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
    this.nodeFigures = { cpu: known(this.nodeRates.cpu), mem: known(node.mem), memTotal: known(nodeMemTotal) };
  }

  /** Returns whether it has figures that are newer than those before. */
  private takeContainer(one: Watched, { containers, networks }: Summary): boolean {
    const place = this.options.placeOf(one.target.id);
    const sample = place && containers.get(`${place.podUid}/${place.container}`);
    if (!sample) return false;
    const fresh = this.takeSample(one, sample);
    const network = one.target.network === 'own' ? networks.get(place.podUid) : undefined;
    if (network) this.takeNetwork(one, network);
    return fresh;
  }

  private takeSample(one: Watched, { countedSince, counters }: KubeletSample): boolean {
    if (countedSince !== one.countedSince) {
      one.rates.reset();
      one.at = NaN;
    }
    one.countedSince = countedSince;
    if (!one.rates.take(counters)) return false;
    one.at = counters.at;
    one.cameAt = this.cameAt = this.options.steady();
    const at = Math.round(one.at);
    if (!(at <= this.newest) || at < this.newest - CLOCK_SET_MS) this.newest = at;
    return true;
  }

  /** A pod's network is counted at moments of its own. */
  private takeNetwork(one: Watched, network: PodNetwork): void {
    if (!one.network.take(network)) return;
    one.rx = one.network.rx;
    one.tx = one.network.tx;
  }
}

/** Containers are counted within seconds of one another: one so much older than the newest is of a clock set back. */
const CLOCK_SET_MS = 60_000;
