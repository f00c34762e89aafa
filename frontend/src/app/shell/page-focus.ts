import { afterNextRender, DestroyRef, DOCUMENT, inject, Injector, Service } from '@angular/core';
import { NavigationEnd, Router } from '@angular/router';
import { distinctUntilChanged, filter, map, skip } from 'rxjs';

/**
 * On another page the focus starts at its heading, which is also what a screen reader then reads. What happens within
 * a page, a filter or a panel that opens, is the page's own affair.
 */
@Service()
export class PageFocus {
  private readonly document = inject(DOCUMENT);
  private readonly injector = inject(Injector);

  constructor() {
    const following = inject(Router)
      .events.pipe(
        filter((event) => event instanceof NavigationEnd),
        map((event) => pageOf(event.urlAfterRedirects)),
        distinctUntilChanged(),
        skip(1),
      )
      .subscribe(() => afterNextRender(() => this.start(), { injector: this.injector }));
    inject(DestroyRef).onDestroy(() => following.unsubscribe());
  }

  private start(): void {
    const main = this.document.querySelector('main');
    if (!main || tookFocus(main)) return;
    const heading = main.querySelector('h1') ?? main;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
}

/** Whether the page has put the focus somewhere itself. */
function tookFocus(main: HTMLElement): boolean {
  const { activeElement } = main.ownerDocument;
  return activeElement !== main && main.contains(activeElement);
}

/** Its first step: `/containers?q=x` and `/containers/atlas/1` are one page. */
function pageOf(url: string): string {
  return url.split(/[?#]/)[0]?.split('/')[1] ?? '';
}
