import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import type { Session, SessionEvent } from '@deckwatch/contracts';
import { distinctUntilChanged, filter, tap } from 'rxjs';
import { Connection } from '../../core/connection.ts';
import { Now } from '../../core/now.ts';
import { paging } from '../../core/paging.ts';
import { Rest } from '../../core/rest.ts';
import { search } from '../../core/search.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import {
  isChosen,
  isSession,
  keyOf,
  listQuery,
  readTerms,
  TERM_NAMES,
  writeTerms,
  type SessionChoice,
  type SessionSort,
} from './session-terms.ts';

const PAGE = 50;
/** More arrivals than that are not counted one by one. */
const MOST_FRESH = 10_000;

export interface SessionRow extends Session {
  key: string;
  /** How it ended while it was on screen; null: it is alive. */
  end: SessionEvent | null;
}

/**
 * The list of sessions as one reads it: pages by HTTP that keep their places, beside what happens meanwhile. Who comes is
 * counted until it is asked for; who goes stays in his row, marked. One a page.
 */
@Injectable()
export class SessionView {
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  private readonly connection = inject(Connection);
  private readonly store = inject(SessionStore);
  private readonly choice = search<SessionChoice>({ names: TERM_NAMES, read: readTerms, write: writeTerms }, (choice) =>
    listQuery(choice, PAGE),
  );
  /** When those came that are not in the list, and what happened last to those that are. Changed in place: bursts are large. */
  private readonly arrived = new Map<string, number>();
  private readonly changed = new Map<string, SessionEvent>();
  private readonly arrivals = signal(0);
  private readonly changes = signal(0);
  private readonly missed = signal(false);
  private askedAt = 0;

  readonly chosen = this.choice.terms;
  readonly list = paging<Session>({
    read: (cursor) => this.read(cursor),
    parse: (item) => (isSession(item) ? item : undefined),
    keyOf,
  });
  private readonly keys = computed(() => new Set(this.list.items().map(keyOf)));
  readonly rows = computed((): SessionRow[] => {
    this.changes();
    return this.list.items().map((session) => {
      const key = keyOf(session);
      const event = this.changed.get(key);
      if (!event) return { ...session, key, end: null };
      if (event.event === 'destroyed') return { ...session, key, end: event };
      return { ...session, key, end: null, user: event.user, attrs: event.attrs, lastSeenAt: event.t };
    });
  });
  /** How many have come that belong into the list and are not in it yet. */
  readonly fresh = computed(() => {
    this.arrivals();
    const keys = this.keys();
    return [...this.arrived.keys()].filter((key) => !keys.has(key)).length;
  });
  /** Whether something may have happened that nobody told. */
  readonly outdated = this.missed.asReadonly();
  readonly isFiltered = computed(() => {
    const { search, app, user } = this.chosen();
    return search !== '' || app !== '' || user !== '';
  });

  constructor() {
    this.choice.asked$.subscribe(() => {
      this.arrived.clear();
      this.arrivals.update(next);
      this.show();
    });
    this.store.arrivals$.pipe(takeUntilDestroyed()).subscribe((event) => this.take(event));
    // Without a connection the last events come again and again, by HTTP.
    effect(() => {
      const events = this.store.events();
      if (this.connection.live()) return;
      untracked(() => events.toReversed().forEach((event) => event.t >= this.askedAt && this.take(event)));
    });
    toObservable(this.connection.live)
      .pipe(distinctUntilChanged(), filter(Boolean), takeUntilDestroyed())
      .subscribe(() => (this.list.total() === null ? this.show() : this.missed.set(true)));
    if (!this.connection.live()) this.show();
  }

  /** Reads the list anew, from its beginning. */
  show(): void {
    this.list.reset();
  }

  search(search: string): void {
    this.choice.type({ search });
  }

  narrow(change: Partial<SessionChoice>): void {
    this.choice.narrow(change);
  }

  clear(): void {
    this.narrow({ search: '', app: '', user: '' });
  }

  /** The first click sorts names upwards and times downwards, the next one turns it round. */
  sortBy(sort: SessionSort): void {
    const before = this.chosen();
    this.narrow({ sort, descending: before.sort === sort ? !before.descending : sort !== 'user' });
  }

  private read(cursor: string | null) {
    const query = listQuery(this.chosen(), PAGE);
    if (cursor !== null) return this.rest.get(`/sessions?${query}&cursor=${encodeURIComponent(cursor)}`);
    const askedAt = this.now.server();
    return this.rest.get(`/sessions?${query}`).pipe(tap(() => this.begin(askedAt)));
  }

  /** A first page has come: what happened before it was asked for is in it. */
  private begin(askedAt: number): void {
    this.askedAt = askedAt;
    this.missed.set(false);
    for (const [key, t] of this.arrived) if (t < askedAt) this.arrived.delete(key);
    for (const [key, { t }] of this.changed) if (t < askedAt) this.changed.delete(key);
    this.arrivals.update(next);
    this.changes.update(next);
  }

  private take(event: SessionEvent): void {
    const key = keyOf(event);
    if (event.event === 'created') {
      if (!isChosen(event, this.chosen()) || this.arrived.size >= MOST_FRESH) return;
      if (this.changed.get(key)?.event === 'destroyed') return;
      this.arrived.set(key, event.t);
      this.arrivals.update(next);
      return;
    }
    if (event.event === 'destroyed' && this.arrived.delete(key)) this.arrivals.update(next);
    if (!this.keys().has(key)) return;
    this.changed.set(key, event);
    this.changes.update(next);
  }
}

function next(count: number): number {
  return count + 1;
}
