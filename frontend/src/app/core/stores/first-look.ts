import { inject, Service } from '@angular/core';
import { STAT_COLS } from '@deckwatch/contracts/wire';
import { catchError, concatMap, delay, Observable, of, tap, timeout } from 'rxjs';
import { BROWSER } from '../browser.ts';
import { isRecord } from '../frames.ts';
import { Rest } from '../rest.ts';
import { ContainerStore } from './container-store.ts';
import { StatsStore } from './stats-store.ts';

const ROWS = 50;
/** So long the inventory waits for its first page. */
const PATIENCE_MS = 2000;
/** So long the first page has the line and the processor for itself. */
const REST_MS = 200;

/**
 * A cold start's first page of containers with their figures, by HTTP: little data that is soon there and soon drawn.
 * Whoever wants all asks for it after this.
 */
@Service()
export class FirstLook {
  private readonly browser = inject(BROWSER);
  private readonly rest = inject(Rest);
  private readonly containers = inject(ContainerStore);
  private readonly stats = inject(StatsStore);

  /**
   * Emits once: when the first page is drawn, when it can't be had, or at once where it is not needed any more.
   * @param terms the list's parameters; null: no page by HTTP answers to what is wanted
   */
  take(terms: Record<string, string> | null): Observable<unknown> {
    if (terms === null || this.containers.feed.loaded()) return of(null);
    return this.rest.get(`/containers?${new URLSearchParams({ limit: String(ROWS), ...terms }).toString()}`).pipe(
      timeout(PATIENCE_MS),
      tap((answer) => this.accept(answer)),
      concatMap(() => this.drawn()),
      delay(REST_MS),
      catchError(() => of(null)),
    );
  }

  private accept(answer: unknown): void {
    if (!isRecord(answer) || !Array.isArray(answer['items']) || this.containers.feed.loaded()) return;
    const items = answer['items'] as unknown[];
    const total = answer['total'];
    // An empty page may be the filter's doing: only the whole inventory can tell.
    if (items.length === 0) return;
    this.containers.takeFirst(items, typeof total === 'number' ? total : items.length);
    const rows = new Map<number, unknown[][]>();
    for (const item of items.filter(isRecord)) {
      const stats = item['stats'];
      if (!isRecord(stats) || typeof stats['t'] !== 'number') continue;
      const row = [item['key'], ...STAT_COLS.map((col) => stats[col] ?? null)];
      rows.set(stats['t'], [...(rows.get(stats['t']) ?? []), row]);
    }
    for (const [t, figures] of rows) this.stats.takeFirst({ t, cols: STAT_COLS, rows: figures });
  }

  private drawn(): Observable<null> {
    return new Observable((observer) => {
      this.browser.nextFrame(() => {
        observer.next(null);
        observer.complete();
      });
    });
  }
}
