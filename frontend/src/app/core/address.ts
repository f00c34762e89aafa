import { DestroyRef, inject, signal, type Signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, type ParamMap, type Params } from '@angular/router';

export interface AddressTerms<T> {
  /** The query parameters that say it; others are left as they are. */
  names: readonly string[];
  /** What an address says; what it can't mean is passed over. */
  read(params: Pick<ParamMap, 'get'>): T;
  /** The parameters, without what is as usual. */
  write(value: T): Params;
}

export interface Addressed<T> {
  readonly value: Signal<T>;
  /** A choice: a step that the back button takes back. */
  choose(value: T): void;
  /** One of many little steps, as typing is: it holds at once, the address follows after a pause, in place. */
  type(value: T): void;
}

/** Typing rests for so long when it is over, ms. */
export const PAUSE_MS = 250;
/** Marks navigations of this kind, which tell nothing new and may be behind what was typed since. */
const WRITTEN_HERE = 'addressed';

/**
 * Something that is chosen on a page and stands in its address, so that a link, the back button and a reload bring it
 * back. Call in an injection context of the page.
 */
export function addressed<T>(terms: AddressTerms<T>): Addressed<T> {
  const router = inject(Router);
  const route = inject(ActivatedRoute);
  const value = signal(terms.read(route.snapshot.queryParamMap));
  let pause: ReturnType<typeof setTimeout> | undefined;

  route.queryParamMap.pipe(takeUntilDestroyed()).subscribe((params) => {
    if (router.currentNavigation()?.extras.info === WRITTEN_HERE) return;
    if (terms.names.every((name) => params.get(name) === (terms.write(value())[name] ?? null))) return;
    clearTimeout(pause);
    value.set(terms.read(params));
  });
  inject(DestroyRef).onDestroy(() => clearTimeout(pause));

  function write(replaceUrl: boolean): void {
    clearTimeout(pause);
    const tree = router.parseUrl(router.url);
    const others = Object.entries(tree.queryParams).filter(([name]) => !terms.names.includes(name));
    tree.queryParams = { ...Object.fromEntries(others), ...terms.write(value()) };
    if (router.serializeUrl(tree) === router.url) return;
    void router.navigateByUrl(tree, { replaceUrl, info: WRITTEN_HERE, scroll: 'manual' });
  }

  /** Not over a navigation that is under way, which it would cancel: what was typed before a click led elsewhere. */
  function writeLater(): void {
    clearTimeout(pause);
    pause = setTimeout(() => (router.currentNavigation() ? writeLater() : write(true)), PAUSE_MS);
  }

  return {
    value: value.asReadonly(),
    choose: (chosen) => {
      value.set(chosen);
      write(false);
    },
    type: (typed) => {
      value.set(typed);
      writeLater();
    },
  };
}
