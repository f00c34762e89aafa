import { ViewportScroller } from '@angular/common';
import { DestroyRef, inject, Service } from '@angular/core';
import { Router, Scroll } from '@angular/router';

/**
 * Begins a new page at its top and takes up an old one where it was left. What only changes within a page, as a filter
 * or the panel over a table, leaves the scroll position alone.
 */
@Service()
export class ScrollKeeper {
  private readonly router = inject(Router);
  private readonly viewport = inject(ViewportScroller);
  private readonly destroyed = inject(DestroyRef);
  private page: string | undefined;

  keep(): void {
    this.viewport.setHistoryScrollRestoration('manual');
    const following = this.router.events.subscribe((event) => {
      if (event instanceof Scroll) this.place(event);
    });
    this.destroyed.onDestroy(() => following.unsubscribe());
  }

  private place({ position }: Scroll): void {
    const page = pageOf(this.router.url);
    if (page !== this.page) this.viewport.scrollToPosition(position ?? [0, 0]);
    this.page = page;
  }
}

/** The first part of an address. */
function pageOf(url: string): string {
  return url.split(/[/?#]/)[1] ?? '';
}
