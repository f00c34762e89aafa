import { computed, inject, signal, type Signal } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import type { Session, SessionEvent, SessionRef } from '@deckwatch/contracts';
import { catchError, combineLatest, filter, map, of, switchMap, tap, type Observable } from 'rxjs';
import { Connection } from '../../core/connection.ts';
import { paging, type Paging } from '../../core/paging.ts';
import { Rest, RestFault } from '../../core/rest.ts';
import { isSessionEvent, SessionStore } from '../../core/stores/session-store.ts';
import { eventKeyOf } from './session-lately.ts';
import { isSession, keyOf } from './session-terms.ts';

export type Standing = 'loading' | 'alive' | 'over' | 'failed';

export interface SessionStory {
  /** As it is, or was when it was last read; null: not known. */
  readonly session: Signal<Session | null>;
  readonly standing: Signal<Standing>;
  /** Newest first. */
  readonly events: Signal<readonly SessionEvent[]>;
  readonly past: Paging<SessionEvent>;
}

const PAGE = 50;

/** One session from its begin to its end, live and from the log. Call in an injection context. */
export function sessionStory(ref: Signal<SessionRef>): SessionStory {
  const rest = inject(Rest);
  const store = inject(SessionStore);
  const read = signal<Session | null>(null);
  const answer = signal<Standing>('loading');
  const live = signal<readonly SessionEvent[]>([]);
  const past = paging<SessionEvent>({
    read: (cursor) => rest.get(`/sessions/events?${eventQuery(ref(), read(), cursor)}`),
    parse: (item) => (isSessionEvent(item) ? item : undefined),
    keyOf: eventKeyOf,
  });

  // Read anew after each reconnection; by HTTP it can be read at any time.
  const turn$ = combineLatest([
    toObservable(ref),
    toObservable(inject(Connection).live).pipe(filter((live, index) => live || index === 0)),
  ]);
  turn$
    .pipe(
      tap(([{ app, id }]) => {
        if (keyOf(read() ?? { app: '', id: '' }) === keyOf({ app, id })) return;
        read.set(null);
        answer.set('loading');
        live.set([]);
      }),
      switchMap(([now]) => readSession(rest, now)),
      takeUntilDestroyed(),
    )
    .subscribe(({ session, standing }) => {
      // What was known once is worth more than that it can't be read now.
      if (session) read.set(session);
      if (standing !== 'failed' || read() === null) answer.set(standing);
      past.reset();
    });
  store.arrivals$
    .pipe(
      filter((event) => keyOf(event) === keyOf(ref())),
      takeUntilDestroyed(),
    )
    .subscribe((event) => live.update((before) => [event, ...before].slice(0, PAGE)));

  const events = computed(() => {
    const own = [...past.items(), ...live()].filter((event) => keyOf(event) === keyOf(ref()));
    const byKey = new Map(own.map((event) => [eventKeyOf(event), event]));
    return [...byKey.values()].sort((a, b) => b.t - a.t);
  });
  const standing = computed((): Standing => {
    const latest = live()[0];
    if (latest) return latest.event === 'destroyed' ? 'over' : 'alive';
    return answer();
  });
  const session = computed(() => {
    const known = read();
    const latest = live()[0];
    return known && latest ? { ...known, user: latest.user, attrs: latest.attrs, lastSeenAt: latest.t } : known;
  });
  return { session, standing, events, past };
}

function readSession(rest: Rest, { app, id }: SessionRef): Observable<{ session: Session | null; standing: Standing }> {
  return rest.get(`/sessions/${encodeURIComponent(app)}/${encodeURIComponent(id)}`).pipe(
    map((found) => (isSession(found) ? found : null)),
    map((session) => ({ session, standing: session ? ('alive' as const) : ('failed' as const) })),
    catchError((fault: unknown) => {
      const isOver = fault instanceof RestFault && fault.status === 404;
      return of({ session: null, standing: isOver ? ('over' as const) : ('failed' as const) });
    }),
  );
}

function eventQuery({ app, id }: SessionRef, session: Session | null, cursor: string | null): string {
  const terms = new URLSearchParams({ app, id, limit: String(PAGE) });
  // Nothing of it can be older than itself; the event of its begin is stored a little later.
  if (session) terms.set('from', String(session.createdAt - 1000));
  if (cursor !== null) terms.set('cursor', cursor);
  return terms.toString();
}
