import { computed, DestroyRef, effect, inject, Service, signal, untracked, type Signal } from '@angular/core';
import { LIMITS, STAT_COLS, type StatCol } from '@deckwatch/contracts/wire';
import { BehaviorSubject, distinctUntilChanged, map, skipWhile, Subscription, throttleTime } from 'rxjs';
import { Connection } from '../connection.ts';
import { Repaint } from '../repaint.ts';
import { Rest } from '../rest.ts';
import type { TopicMessage } from '../topic-entry.ts';
import { Feed } from './feed.ts';
import { StatsTable, type TrailCol } from './stats-table.ts';
import { TrailQueue, type PastTrails } from './trail-queue.ts';

/** What a viewer wants figures of: container keys, or all there are. */
export type Wanted = 'all' | readonly string[];

/** Rows come and go with each turn of a wheel: the gateway hears of it so often at most. */
const PACE_MS = 100;
/** What was before is asked for less often: most rows are gone again while one scrolls. */
const PAST_PACE_MS = 300;
/** Who heard nothing for so long does not know what went on in between. */
const SILENCE_MS = 5000;

/**
 * The figures of the containers that somebody looks at, live, with their last minute: of those on screen by
 * `stats.visible`, or of all by `stats` while somebody needs all.
 */
@Service()
export class StatsStore {
  private readonly connection = inject(Connection);
  private readonly rest = inject(Rest);
  private readonly table = new StatsTable();
  private readonly viewers = new Map<object, Wanted>();
  private readonly keys = new BehaviorSubject<readonly string[]>([]);
  private readonly all = new Feed('stats', (message) => this.apply(message));
  private readonly some = new Feed('stats.visible', (message) => this.apply(message), this.keysSoon());
  private readonly trails = new TrailQueue(
    (path) => this.rest.get(path),
    (past) => this.fill(past),
  );
  private readonly filled = inject(Repaint).track();
  private readonly present = signal<Feed>(this.some);
  /** When that began, Unix ms. */
  private readonly since = signal(Infinity);
  private viewing = Subscription.EMPTY;
  private latestT = 0;
  private heardAt = 0;
  private heardOn: unknown = null;

  readonly feed = {
    /** Changes when figures have; read it in every computed that reads them. */
    version: computed(() => this.all.version() + this.some.version() + this.filled.version()),
    status: computed(() => this.present().status()),
    freshness: computed(() => {
      const [all, some] = [this.all.freshness(), this.some.freshness()];
      return all.at > some.at ? all : some;
    }),
    loaded: computed(() => this.all.loaded() || this.some.loaded()),
    recall: (data: Record<string, unknown>, at: number): void => this.some.recall(data, at),
    /** Keeps all figures coming until the caller is destroyed. Call in an injection context. */
    watch: (): void => {
      const viewer = {};
      this.want(viewer, 'all');
      inject(DestroyRef).onDestroy(() => this.want(viewer, null));
    },
  };
  /** Whether the figures of all containers are here and kept up to date. */
  readonly hasAll = computed(() => this.present() === this.all && this.all.freshness().at >= this.since());
  /** The latest sweep's time, Unix ms by the collector's clock; 0: none yet. */
  readonly t = computed(() => (this.feed.version(), this.latestT));

  constructor() {
    const past = this.keysSoon(PAST_PACE_MS).subscribe(({ keys }) => this.trails.show(keys));
    inject(DestroyRef).onDestroy(() => {
      past.unsubscribe();
      this.trails.close();
      this.viewing.unsubscribe();
    });
  }

  /** Keeps the figures of these containers coming until the caller is destroyed. Call in an injection context. */
  watch(wanted: Signal<Wanted>): void {
    const viewer = {};
    effect(() => {
      const now = wanted();
      untracked(() => this.want(viewer, now));
    });
    inject(DestroyRef).onDestroy(() => this.want(viewer, null));
  }

  /** Takes what an answer by HTTP said of some containers, before their topic is there. */
  takeFirst(data: Record<string, unknown>): void {
    this.put({ kind: 'update', data }, false);
    this.filled.mark();
  }

  /** Containers of which figures are known. */
  known(): string[] {
    return [...this.table.keys()];
  }

  /** Read `feed.version` beside it. */
  figure(key: string, col: StatCol): number | null {
    return this.table.figure(key, col);
  }

  /** Sixty samples up to the latest sweep, oldest first. Read `feed.version` beside it. */
  trail(key: string, col: TrailCol): Float32Array {
    return this.table.trail(key, col, this.latestT);
  }

  /** The sums over some containers by column; null where none of them is known. Read `feed.version` beside it. */
  sums(keys: readonly string[]): Record<StatCol, number | null> {
    const sums = new Float64Array(STAT_COLS.length);
    this.table.sum(keys, sums);
    const named = STAT_COLS.map((col, index) => [col, Number.isNaN(sums[index]) ? null : sums[index]]);
    return Object.fromEntries(named) as Record<StatCol, number | null>;
  }

  private keysSoon(paceMs = PACE_MS) {
    return this.keys.pipe(
      skipWhile((keys) => keys.length === 0),
      throttleTime(paceMs, undefined, { leading: true, trailing: true }),
      distinctUntilChanged((a, b) => a.length === b.length && a.every((key, index) => key === b[index])),
      map((keys) => ({ keys })),
    );
  }

  private want(viewer: object, wanted: Wanted | null): void {
    if (wanted === null) this.viewers.delete(viewer);
    else this.viewers.set(viewer, wanted);
    const all = [...this.viewers.values()];
    const keys = new Set(all.flatMap((each) => (each === 'all' ? [] : each)));
    this.keys.next([...keys].slice(0, LIMITS.topicsAndKeys));
    this.run(all.includes('all') ? this.all : keys.size > 0 ? this.some : null);
  }

  private run(feed: Feed | null): void {
    if (feed === (this.viewing.closed ? null : this.present())) return;
    const before = this.viewing;
    this.viewing = Subscription.EMPTY;
    if (feed) {
      this.present.set(feed);
      this.since.set(Date.now());
      this.viewing = feed.running$.subscribe();
    }
    before.unsubscribe();
  }

  private apply(message: TopicMessage): void {
    const isUnbroken = this.listen(message.kind);
    this.put(message, isUnbroken || message.kind === 'update');
  }

  private put({ kind, data }: TopicMessage, isUnbroken: boolean): void {
    const { t, cols, rows } = data;
    if (typeof t !== 'number' || !Array.isArray(cols) || !Array.isArray(rows)) return;
    const places = STAT_COLS.map((col) => (cols as unknown[]).indexOf(col) + 1);
    const kept = new Set<string>();
    this.latestT = Math.max(this.latestT, t);
    for (const row of rows as unknown[]) {
      if (!Array.isArray(row) || typeof row[0] !== 'string') continue;
      const key = row[0];
      if (row.length === 1) {
        this.table.drop(key);
        continue;
      }
      const figures = places.map((place) => (place > 0 ? numberOrNull(row[place]) : null));
      this.table.put(key, t, figures, isUnbroken);
      kept.add(key);
    }
    if (kind === 'snapshot') this.keep(kept);
  }

  /**
   * Drops whoever is not in a snapshot. A row whose past is here already is waited for: the snapshot may answer to the
   * keys before.
   */
  private keep(kept: ReadonlySet<string>): void {
    const wanted = new Set(this.keys.value);
    for (const key of [...this.table.keys()]) {
      if (!kept.has(key) && !(wanted.has(key) && this.table.isBare(key))) this.table.drop(key);
    }
  }

  /** True when nothing can have been missed since the last message. After a pause the history is asked what was. */
  private listen(kind: TopicMessage['kind']): boolean {
    const connection = this.connection.welcome()?.connection;
    const isUnbroken = connection === this.heardOn && Date.now() - this.heardAt < SILENCE_MS;
    const hadHeard = this.heardAt > 0;
    this.heardAt = Date.now();
    this.heardOn = connection;
    if (hadHeard && !isUnbroken && kind === 'snapshot') this.trails.reset();
    return isUnbroken;
  }

  private fill({ from, stepMs, series }: PastTrails): void {
    for (const [key, values] of series) this.table.fill(key, 'cpu', from, stepMs, values);
    this.filled.mark();
  }
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
