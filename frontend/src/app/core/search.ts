import type { Signal } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { distinctUntilChanged, map, of, skip, switchMap, timer, type Observable } from 'rxjs';
import { addressed, PAUSE_MS, type AddressTerms } from './address.ts';

export interface Search<T> {
  /** What is looked for now; changes with each keystroke. */
  readonly terms: Signal<T>;
  /** A keystroke: it holds at once, address and list follow after a pause. */
  type(change: Partial<T>): void;
  /** A choice: a step that the back button takes back. */
  narrow(change: Partial<T>): void;
  /** What a list by HTTP is to be read anew for: something else is asked, and nobody types on. */
  readonly asked$: Observable<T>;
}

/**
 * What a list is searched and narrowed by, which stands in the page's address. Call in an injection context of the page.
 * @param queryOf as a list is asked; terms of one query ask for the same
 */
export function search<T extends object>(
  address: AddressTerms<T>,
  queryOf: (terms: T) => string = JSON.stringify,
): Search<T> {
  const { value, choose, type } = addressed(address);
  let typed: T | null = null;
  const asked$ = toObservable(value).pipe(
    distinctUntilChanged((a, b) => queryOf(a) === queryOf(b)),
    skip(1),
    switchMap((terms) => (terms === typed ? timer(PAUSE_MS).pipe(map(() => terms)) : of(terms))),
    takeUntilDestroyed(),
  );
  return {
    terms: value,
    type: (change) => type((typed = { ...value(), ...change })),
    narrow: (change) => choose({ ...value(), ...change }),
    asked$,
  };
}
