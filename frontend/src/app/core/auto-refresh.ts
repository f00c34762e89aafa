import { catchError, concat, defer, EMPTY, filter, first, merge, of, repeat, switchMap, tap, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Browser } from './browser.ts';

export interface RefreshPace {
  /** Before the first time. */
  firstMs: number;
  /** Between an answer and the next question. */
  everyMs: number;
  /** The longest wait after failures, each of which doubles it. */
  mostMs: number;
}

/** Waits are shortened by up to this share, so that many consoles don't ask in step. */
const JITTER = 0.2;

/**
 * Reads again and again while it is subscribed: one question at a time, rarer while none is answered, none while the tab
 * is hidden, one at once when the tab or the network comes back. A failure is no end; what it was is lost.
 */
export function autoRefresh<T>(read$: Observable<T>, pace: RefreshPace, browser: Browser): Observable<T> {
  const seen$ = browser.back$.pipe(filter(() => browser.isVisible()));
  const after = (ms: number) =>
    merge(timer(ms), seen$).pipe(
      first(),
      switchMap(() => (browser.isVisible() ? of(null) : seen$.pipe(first()))),
    );
  return defer(() => {
    let failures = 0;
    const read = read$.pipe(
      tap(() => (failures = 0)),
      catchError(() => {
        failures += 1;
        return EMPTY;
      }),
    );
    const again$ = defer(() => after(waitMs(pace, failures, browser.random()))).pipe(switchMap(() => read));
    return concat(after(pace.firstMs).pipe(switchMap(() => read)), again$.pipe(repeat()));
  });
}

/** @param chance a number in [0, 1] */
export function waitMs({ everyMs, mostMs }: RefreshPace, failures: number, chance: number): number {
  const full = Math.min(mostMs, everyMs * 2 ** Math.max(0, failures - 1));
  return full * (1 - JITTER + JITTER * chance);
}
