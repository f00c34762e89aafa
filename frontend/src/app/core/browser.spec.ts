import { TestBed } from '@angular/core/testing';
import { marbles } from '../../testing/marbles.ts';
import { BROWSER, wakes, type Browser } from './browser.ts';

describe('wakes', () => {
  /** A clock that goes on alone once, 7 s after the beginning: in between, no timer of the page was called. */
  const afterSleepOf = (sleptMs: number, now: () => number) => () => now() + (now() < 7000 ? 0 : sleptMs);

  it('tells once that a machine slept, at the first pulse after it', () =>
    marbles(({ expectObservable, now }) => {
      const woken$ = wakes(afterSleepOf(10 * 60_000, now));
      expectObservable(woken$, '60s !').toBe('8s (w)', { w: 'awake' });
    }));

  it('takes timers that are a minute late, as those of a hidden tab are, for no sleep', () =>
    marbles(({ expectObservable, now }) => {
      expectObservable(wakes(afterSleepOf(60_000, now)), '60s !').toBe('');
    }));
});

describe('the browser', () => {
  let browser: Browser;
  let visibility: DocumentVisibilityState;
  const came: string[] = [];
  beforeEach(() => {
    jest.useFakeTimers();
    visibility = 'visible';
    jest.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
    came.length = 0;
    browser = TestBed.inject(BROWSER);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('tells when the network or the tab is back, or the machine wakes', () => {
    const listening = browser.back$.subscribe((what) => came.push(what));
    window.dispatchEvent(new Event('online'));
    for (visibility of ['hidden', 'visible'] as const) document.dispatchEvent(new Event('visibilitychange'));
    jest.advanceTimersByTime(4000);
    jest.setSystemTime(Date.now() + 10 * 60_000);
    jest.advanceTimersByTime(4000);
    listening.unsubscribe();
    expect(came).toEqual(['online', 'visible', 'awake']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
