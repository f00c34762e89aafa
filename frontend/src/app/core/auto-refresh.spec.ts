import { defer, NEVER, of, throwError, type Observable, type Subscription } from 'rxjs';
import { FakeBrowser } from '../../testing/fake-browser.ts';
import { autoRefresh, waitMs } from './auto-refresh.ts';

const pace = { firstMs: 1000, everyMs: 5000, mostMs: 20_000 };

describe('autoRefresh', () => {
  let browser: FakeBrowser;
  let asked: number;
  let viewing: Subscription | undefined;
  beforeEach(() => {
    jest.useFakeTimers();
    browser = new FakeBrowser();
    asked = 0;
  });
  afterEach(() => {
    viewing?.unsubscribe();
    jest.useRealTimers();
  });
  function watch(answer: () => Observable<unknown>): void {
    const read$ = defer(() => {
      asked += 1;
      return answer();
    });
    viewing = autoRefresh(read$, pace, browser).subscribe();
  }

  it('asks after the first wait and then from answer to answer', () => {
    watch(() => of('answer'));
    jest.advanceTimersByTime(999);
    expect(asked).toBe(0);
    jest.advanceTimersByTime(1);
    expect(asked).toBe(1);
    jest.advanceTimersByTime(15_000);
    expect(asked).toBe(4);
  });

  it('asks more and more rarely while nothing answers, and as often as before when something does', () => {
    let works = false;
    watch(() => (works ? of('answer') : throwError(() => new Error('away'))));
    jest.advanceTimersByTime(1000 + 5000 + 10_000 + 20_000);
    expect(asked).toBe(4);
    jest.advanceTimersByTime(19_000);
    expect(asked).toBe(4);
    works = true;
    jest.advanceTimersByTime(1000 + 5000 + 5000);
    expect(asked).toBe(7);
  });

  it('has one question open at a time', () => {
    watch(() => NEVER);
    jest.advanceTimersByTime(60_000);
    browser.back$.next('online');
    expect(asked).toBe(1);
  });

  it('rests in a hidden tab, and asks at once when it is seen', () => {
    browser.visible = false;
    watch(() => of('answer'));
    jest.advanceTimersByTime(60_000);
    browser.back$.next('online');
    expect(asked).toBe(0);
    browser.visible = true;
    browser.back$.next('visible');
    expect(asked).toBe(1);
  });

  it('asks at once when the network is back', () => {
    watch(() => of('answer'));
    jest.advanceTimersByTime(2000);
    browser.back$.next('online');
    expect(asked).toBe(2);
  });

  it('ends with its viewer', () => {
    watch(() => of('answer'));
    jest.advanceTimersByTime(1000);
    viewing?.unsubscribe();
    jest.advanceTimersByTime(60_000);
    expect(asked).toBe(1);
  });
});

describe('waitMs', () => {
  it('spreads the askers over the last fifth of the wait', () => {
    expect([0, 0.5, 1].map((chance) => waitMs(pace, 0, chance))).toEqual([4000, 4500, 5000]);
    expect(waitMs(pace, 50, 1)).toBe(20_000);
  });
});
