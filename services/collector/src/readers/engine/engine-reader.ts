import type { Log } from '@deckwatch/service-kit';
import type { Engine } from '../../engine/engine.ts';
import { Counters } from '../../rates/counters.ts';
import { RateCalculator } from '../../rates/rate-calculator.ts';
import type { Reader, ReadTarget, SteadyClock, TakeRow } from '../reader.ts';
import { StatsFeed } from './stats-feed.ts';
import { readStats, type EngineSize } from './stats-sample.ts';

/** Figures older than this many intervals are stale, or as many of the engine's own: Podman counts every 5 s. */
const STALE_INTERVALS = 2.5;
const LONGEST_INTERVAL_MS = 10_000;

export interface EngineReaderOptions {
  engine: Pick<Engine, 'stats'>;
  /** Of the machine that the engine runs on. */
  size: () => EngineSize;
  intervalMs: number;
  steady: SteadyClock;
  log: Log;
}

interface Watched {
  readonly target: ReadTarget;
  readonly rates: RateCalculator;
  readonly feed: StatsFeed;
  /** When its figures were last made fresh, on the steady clock; NaN: never. */
  freshAt: number;
  /** When it last answered, and how long after the time before, milliseconds. */
  answeredAt: number;
  gapMs: number;
  /** How often the engine answers: the shorter of its last two gaps. */
  paceMs: number;
}

/** Reads counters by the engine's stats API, one stream a container: for an engine that is not on this machine. */
export class EngineReader implements Reader {
  readonly kind = 'engine';
  readonly shortestIntervalMs = 1000;
  private readonly watched = new Map<string, Watched>();
  private readonly counters = new Counters();

  constructor(private readonly options: EngineReaderOptions) {}

  watch(target: ReadTarget): void {
    this.unwatch(target.id);
    const { engine, log } = this.options;
    const rates = new RateCalculator();
    // Counters begin at zero with a run: where its beginning was witnessed, that is the first reading.
    if (target.bornAt !== null) rates.take(Counters.zero(target.bornAt));
    const feed = new StatsFeed(target.fullId, engine, (answer) => this.take(watched, answer), log);
    const watched: Watched = { target, rates, feed, freshAt: NaN, answeredAt: NaN, gapMs: 0, paceMs: 0 };
    this.watched.set(target.id, watched);
  }

  unwatch(id: string): void {
    this.watched.get(id)?.feed.close();
    this.watched.delete(id);
  }

  watches(id: string): boolean {
    return this.watched.has(id);
  }

  sweep(take: TakeRow): void {
    const { steady, intervalMs } = this.options;
    const now = steady();
    for (const { target, rates, freshAt, paceMs } of this.watched.values()) {
      if (now - freshAt <= STALE_INTERVALS * Math.max(intervalMs, paceMs)) take(target, rates);
    }
  }

  hurry(): void {
    for (const { feed } of this.watched.values()) feed.hurry();
  }

  close(): void {
    for (const id of [...this.watched.keys()]) this.unwatch(id);
  }

  private take(watched: Watched, answer: unknown): void {
    const { size, steady } = this.options;
    if (!readStats(answer, watched.target.network, size(), this.counters)) return;
    const now = steady();
    const gapMs = now - watched.answeredAt || 0;
    watched.paceMs = Math.min(LONGEST_INTERVAL_MS, gapMs, watched.gapMs || gapMs);
    watched.gapMs = gapMs;
    watched.answeredAt = now;
    if (watched.rates.take(this.counters)) watched.freshAt = now;
  }
}
