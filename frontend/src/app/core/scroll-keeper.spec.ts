import { ViewportScroller } from '@angular/common';
import { TestBed } from '@angular/core/testing';
import { NavigationEnd, Router, Scroll } from '@angular/router';
import { Subject } from 'rxjs';
import { ScrollKeeper } from './scroll-keeper.ts';

describe('the scroll position', () => {
  const scrolled: [number, number][] = [];
  const viewport = {
    setHistoryScrollRestoration: () => undefined,
    scrollToPosition: (position: [number, number]) => scrolled.push(position),
  };
  const router = { url: '', events: new Subject<unknown>() };
  const go = (url: string, position: [number, number] | null = null) => {
    router.url = url;
    router.events.next(new Scroll(new NavigationEnd(1, url, url), position, null));
  };

  beforeEach(() => {
    TestBed.configureTestingModule({
      providers: [
        { provide: Router, useValue: router },
        { provide: ViewportScroller, useValue: viewport },
      ],
    });
    TestBed.inject(ScrollKeeper).keep();
    go('/rows');
    scrolled.length = 0;
  });

  it('stays within a page, forth and back', () => {
    go('/rows/1?q=x');
    go('/rows?q=y', [0, 100]);
    expect(scrolled).toEqual([]);
  });

  it('is the top of a new page, and that which was left of an old one', () => {
    go('/other');
    go('/rows?q=y', [0, 100]);
    expect(scrolled).toEqual([
      [0, 0],
      [0, 100],
    ]);
  });
});
