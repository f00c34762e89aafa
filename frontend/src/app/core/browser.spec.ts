import { TestBed } from '@angular/core/testing';
import { marbles } from '../../testing/marbles.ts';
import { BROWSER, wakes, type Browser } from './browser.ts';

describe('wakes', () => {
  /** A clock that goes on alone once, so long after the beginning: meanwhile no timer of the page was called. */
  const sleeping = (fromMs: number, sleptMs: number, now: () => number) => () => now() + (now() < fromMs ? 0 : sleptMs);

  it.each([
    [1, '2s w'],
    [7000, '8s w'],
  ])('tells once that a machine slept, %d ms after the beginning, at the first pulse after it', (fromMs, told) =>
    marbles(({ expectObservable, now }) => {
      expectObservable(wakes(sleeping(fromMs, 600_000, now)), '60s !').toBe(told, { w: 'awake' });
    }),
  );

  it('takes timers that are a minute late, as those of a hidden tab are, for no sleep', () =>
    marbles(({ expectObservable, now }) => {
      expectObservable(wakes(sleeping(7000, 60_000, now)), '60s !').toBe('');
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
