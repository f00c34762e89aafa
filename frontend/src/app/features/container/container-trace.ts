import { computed, DestroyRef, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { STAT_COLS } from '@deckwatch/contracts/wire';
import { catchError, defer, EMPTY, retry, switchMap, throwError, timer, type Observable } from 'rxjs';
import { toObservable } from '@angular/core/rxjs-interop';
import { Connection } from '../../core/connection.ts';
import { isRecord } from '../../core/frames.ts';
import { Now } from '../../core/now.ts';
import { Rest, RestFault } from '../../core/rest.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { StatsStore } from '../../core/stores/stats-store.ts';
import { Trace, TRACE_SECONDS } from '../../core/trace.ts';

/** What the history is asked for: a limit is no measurement and has none. */
const METRICS = STAT_COLS.filter((col) => col !== 'memLimit');

const RETRIES = 6;
/** Before asking again; each failure doubles it up to the longest. */
const FIRST_MS = 400;
const LONGEST_MS = 4000;

/** The last 15 minutes of one container: from the history, and live from there on. One a page. */
@Injectable()
export class ContainerTrace {
  private readonly rest = inject(Rest);
  private readonly stats = inject(StatsStore);
  private readonly hosts = inject(HostStore);
  private readonly connection = inject(Connection);
  private readonly now = inject(Now);
  private readonly changes = signal(0);
  private readonly wanted = signal<{ host: string; id: string } | undefined>(undefined);
  private trace = new Trace(STAT_COLS);
  private lastT = 0;

  /** The columns of a chart. */
  readonly aligned = (...names: readonly (typeof STAT_COLS)[number][]) =>
    computed(() => (this.changes(), this.trace.aligned(names)));

  constructor() {
    effect(() => {
      const t = this.stats.t();
      this.stats.feed.version();
      untracked(() => this.take(t));
    });
    // Asked for again after each reconnection: it knows what was missed.
    const asked$ = toObservable(computed(() => (this.connection.live() ? this.wanted() : undefined)));
    const history = asked$
      .pipe(switchMap((wanted) => (wanted ? this.history(wanted.host, wanted.id) : EMPTY)))
      .subscribe((answer) => this.fill(answer));
    inject(DestroyRef).onDestroy(() => history.unsubscribe());
  }

  follow(host: string, id: string): void {
    this.trace = new Trace(STAT_COLS);
    this.lastT = 0;
    this.wanted.set({ host, id });
    this.changes.update((count) => count + 1);
  }

  private history(host: string, id: string): Observable<unknown> {
    const asked$ = defer(() => this.rest.get(this.path(host, id)));
    return asked$.pipe(
      retry({
        count: RETRIES,
        // What was refused is refused again.
        delay: (fault: unknown, failure) =>
          fault instanceof RestFault && fault.status < 500
            ? throwError(() => fault)
            : timer(Math.min(LONGEST_MS, FIRST_MS * 2 ** (failure - 1))),
      }),
      catchError(() => EMPTY),
    );
  }

  private path(host: string, id: string): string {
    const from = this.now.server() - TRACE_SECONDS * 1000;
    return `/containers/${encodeURIComponent(host)}/${encodeURIComponent(id)}/history?metrics=${METRICS.join(',')}&from=${from}&points=${TRACE_SECONDS + 1}`;
  }

  private take(t: number): void {
    const wanted = this.wanted();
    if (!wanted || t <= this.lastT) return;
    this.lastT = t;
    if (this.hosts.byKey().get(wanted.host)?.status !== 'up') return;
    const key = `${wanted.host}.${wanted.id}`;
    const figures = STAT_COLS.map((col) => this.stats.figure(key, col));
    if (figures.every((figure) => figure === null)) return;
    this.trace.put(t, figures);
    this.changes.update((count) => count + 1);
  }

  private fill(answer: unknown): void {
    if (!isRecord(answer) || !isRecord(answer['series'])) return;
    for (const [name, points] of Object.entries(answer['series'])) {
      if (Array.isArray(points)) this.trace.fill(name, points.filter(Array.isArray) as number[][]);
    }
    this.changes.update((count) => count + 1);
  }
}
