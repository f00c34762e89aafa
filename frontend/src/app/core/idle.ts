import { DestroyRef, inject, Service, signal } from '@angular/core';
import { merge, of, switchMap, timer, map } from 'rxjs';
import { BROWSER } from './browser.ts';

/** A tab may be hidden for so long before it counts as idle, ms: people switch to and fro. */
const PATIENCE_MS = 60_000;

/** Whether nobody has looked at this tab for a while. */
@Service()
export class Idle {
  private readonly browser = inject(BROWSER);
  private readonly current = signal(false);
  readonly idle = this.current.asReadonly();

  constructor() {
    const hidden$ = this.browser.hidden$.pipe(map(() => true));
    const seen$ = this.browser.back$.pipe(map(() => !this.browser.isVisible()));
    const watching = merge(hidden$, seen$)
      .pipe(switchMap((hidden) => (hidden ? timer(PATIENCE_MS).pipe(map(() => true)) : of(false))))
      .subscribe((idle) => this.current.set(idle));
    inject(DestroyRef).onDestroy(() => watching.unsubscribe());
  }
}
