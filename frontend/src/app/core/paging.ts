import { computed, DestroyRef, inject, signal, type Signal } from '@angular/core';
import { Subscription, type Observable } from 'rxjs';
import { isRecord } from './frames.ts';

export interface PagingSource<T> {
  /** Asks for one page; null: the first. */
  read(cursor: string | null): Observable<unknown>;
  /** Checks one item; undefined for what can't be used. */
  parse(item: unknown): T | undefined;
  /** Tells items apart, so that one that slips to the next page meanwhile is not shown twice. */
  keyOf(item: T): string;
}

export interface Paging<T> {
  readonly items: Signal<readonly T[]>;
  /** How many there are in all; null: not known. */
  readonly total: Signal<number | null>;
  readonly state: Signal<'idle' | 'loading' | 'failed'>;
  /** What went wrong last, for people; empty when nothing did. */
  readonly error: Signal<string>;
  readonly hasMore: Signal<boolean>;
  /** Begins anew with the first page; what is there stays until it has come. */
  reset(): void;
  /** Adds the next page, or tries again what failed. Nothing happens while one is under way or none is left. */
  more(): void;
}

/** The address of one page of a list whose address already has a query; null: of the first. */
export function onPage(path: string, cursor: string | null): string {
  return cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`;
}

/** A list is shown up to so many items. */
const MOST_ITEMS = 10_000;

/** A list that comes page by page, as `{items, nextCursor, total}`. Call in an injection context; `reset` starts it. */
export function paging<T>(source: PagingSource<T>): Paging<T> {
  const items = signal<readonly T[]>([]);
  const total = signal<number | null>(null);
  const state = signal<'idle' | 'loading' | 'failed'>('idle');
  const error = signal('');
  const next = signal<string | null>(null);
  const hasMore = computed(() => next() !== null && items().length < MOST_ITEMS);
  let reading = Subscription.EMPTY;
  let retry = () => load(null);
  inject(DestroyRef).onDestroy(() => reading.unsubscribe());

  function load(cursor: string | null): void {
    reading.unsubscribe();
    retry = () => load(cursor);
    state.set('loading');
    reading = source.read(cursor).subscribe({
      next: (answer) => take(answer, cursor),
      error: (fault: unknown) => {
        state.set('failed');
        error.set(fault instanceof Error && fault.message ? fault.message : 'It could not be read.');
      },
    });
  }

  function take(answer: unknown, cursor: string | null): void {
    const page = isRecord(answer) ? answer : {};
    const raw = Array.isArray(page['items']) ? (page['items'] as unknown[]) : [];
    const known = cursor === null ? [] : items();
    const seen = new Set(known.map((item) => source.keyOf(item)));
    const fresh = raw.map((item) => source.parse(item)).filter((item) => item !== undefined);
    items.set([...known, ...fresh.filter((item) => !seen.has(source.keyOf(item)))].slice(0, MOST_ITEMS));
    total.set(typeof page['total'] === 'number' ? page['total'] : null);
    // A page may be empty and yet not the last, where what is asked for is rare.
    next.set(typeof page['nextCursor'] === 'string' && page['nextCursor'] !== cursor ? page['nextCursor'] : null);
    error.set('');
    state.set('idle');
  }

  return {
    items: items.asReadonly(),
    total: total.asReadonly(),
    state: state.asReadonly(),
    error: error.asReadonly(),
    hasMore,
    reset: () => load(null),
    more: () => {
      if (state() === 'failed') retry();
      else if (state() === 'idle' && hasMore()) load(next());
    },
  };
}
