import { computed, inject, signal, type Signal } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import {
  catchError,
  concat,
  defer,
  EMPTY,
  exhaustMap,
  ignoreElements,
  map,
  merge,
  of,
  repeat,
  skip,
  switchMap,
  tap,
  timer,
  type Observable,
} from 'rxjs';
import { isRecord } from '../../core/frames.ts';
import { Rest } from '../../core/rest.ts';
import { Now } from '../../core/now.ts';
import type { Happening, People } from './event-words.ts';

const PACE_MS = 1000;
/** After failures, each of which doubles it, and the longest of them. */
const RETRY_MS = 4000;
const LONGEST_MS = 32_000;
const MOST = 200;
/** After the time in which people may go, for their events to be stored. */
const SETTLED_MS = 1500;

export interface Happenings {
  /** Newest first. */
  readonly items: Signal<readonly Happening[]>;
  readonly state: Signal<'loading' | 'ready' | 'failed'>;
}

/**
 * What happened to containers, read again when the inventory has changed, once a second at most. What was read stays
 * while it is read again or can't be. Call in an injection context.
 * @param query the list's parameters; other ones begin anew
 * @param changes changes with the inventory
 */
export function happenings(query: Signal<string>, changes: Signal<unknown>): Happenings {
  const rest = inject(Rest);
  const now = inject(Now);
  const items = signal<readonly Happening[]>([]);
  const state = signal<'loading' | 'ready' | 'failed'>('loading');
  let failures = 0;
  const changes$ = toObservable(computed(() => ({ at: changes() })));

  const read = (terms: string): Observable<unknown> =>
    rest.get(`/events?${terms}`).pipe(
      map(readHappenings),
      tap((found) => {
        items.set(found);
        state.set('ready');
        failures = 0;
      }),
      catchError(() => {
        failures += 1;
        state.update((before) => (before === 'ready' ? before : 'failed'));
        return EMPTY;
      }),
    );
  /** When to read again by itself: at once after a change, in a while or with the next change after a failure. */
  const next = (isBehind: boolean): Observable<unknown> => {
    if (isBehind) return of(null);
    if (failures === 0) return settled();
    return merge(timer(Math.min(LONGEST_MS, RETRY_MS * 2 ** (failures - 1))), changes$.pipe(skip(1)));
  };
  /** People still go where something has just failed: it is looked at again when that is over. */
  const settled = (): Observable<unknown> => {
    const ends = items().flatMap(({ t, people }) => (people ? [t + people.withinMs + SETTLED_MS] : []));
    const open = ends.filter((end) => end > now.server());
    return open.length === 0 ? EMPTY : timer(Math.min(...open) - now.server() + SETTLED_MS);
  };
  const follow = (terms: string): Observable<unknown> =>
    changes$.pipe(
      exhaustMap(() => {
        let seen: unknown;
        const turn$ = defer(() => {
          seen = changes();
          return concat(read(terms), timer(PACE_MS).pipe(ignoreElements()));
        });
        return turn$.pipe(repeat({ delay: () => next(changes() !== seen) }));
      }),
    );
  toObservable(query)
    .pipe(
      tap(() => {
        items.set([]);
        state.set('loading');
        failures = 0;
      }),
      switchMap(follow),
      takeUntilDestroyed(),
    )
    .subscribe();
  return { items: items.asReadonly(), state: state.asReadonly() };
}

function readHappenings(answer: unknown): Happening[] {
  const items = isRecord(answer) && Array.isArray(answer['items']) ? (answer['items'] as unknown[]) : [];
  return items.slice(0, MOST).flatMap((item) => readHappening(item) ?? []);
}

function readHappening(item: unknown): Happening | undefined {
  if (!isRecord(item)) return undefined;
  const { t, host, id, name, event, exitCode, oomKilled, demo, sessions } = item;
  if (typeof t !== 'number' || typeof host !== 'string' || typeof id !== 'string') return undefined;
  if (typeof name !== 'string' || typeof event !== 'string') return undefined;
  return {
    t, host, id, name, event,
    exitCode: typeof exitCode === 'number' ? exitCode : null,
    oomKilled: oomKilled === true,
    demo: demo === true,
    people: readPeople(sessions),
  }; // prettier-ignore
}

function readPeople(item: unknown): People | null {
  if (!isRecord(item)) return null;
  const { before, gone, withinMs } = item;
  if (typeof before !== 'number' || typeof gone !== 'number' || typeof withinMs !== 'number') return null;
  return { before, gone, withinMs };
}
