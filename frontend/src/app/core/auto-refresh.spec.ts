import { defer } from 'rxjs';
import { FakeBrowser } from '../../testing/fake-browser.ts';
import { marbles } from '../../testing/marbles.ts';
import { autoRefresh, waitMs } from './auto-refresh.ts';

const pace = { firstMs: 1000, everyMs: 5000, mostMs: 20_000 };

describe('autoRefresh', () => {
  let browser: FakeBrowser;
  beforeEach(() => (browser = new FakeBrowser()));

  it('asks after the first wait and then from answer to answer, until its viewer leaves', () =>
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const question = cold('200ms (a|)');
      expectObservable(autoRefresh(question, pace, browser), '12s !').toBe('1200ms a 5199ms a 5199ms a');
      expectSubscriptions(question.subscriptions).toBe(['1s ^ 199ms !', '6200ms ^ 199ms !', '11400ms ^ 199ms !']);
    }));

  it('asks more and more rarely while nothing answers, and as often as before when something does', () =>
    marbles(({ cold, expectObservable, expectSubscriptions, now }) => {
      const [fault, answer] = [cold('#'), cold('(a|)')];
      const question = defer(() => (now() < 50_000 ? fault : answer));
      expectObservable(autoRefresh(question, pace, browser), '62s !').toBe('56s a 4999ms a');
      expectSubscriptions(fault.subscriptions).toBe(['1s (^!)', '6s (^!)', '16s (^!)', '36s (^!)']);
    }));

  it('has one question open at a time', () =>
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      hot('30s o', { o: 'online' as const }).subscribe(browser.back$);
      const question = cold('-');
      expectObservable(autoRefresh(question, pace, browser), '60s !').toBe('');
      expectSubscriptions(question.subscriptions).toBe('1s ^ 58999ms !');
    }));

  it('rests in a hidden tab, and asks at once when it is seen', () =>
    marbles(({ cold, hot, expectObservable }) => {
      browser.visible = false;
      hot('30s o 29999ms v', { o: 'online' as const, v: 'visible' as const }).subscribe((back) => {
        browser.visible = back === 'visible';
        browser.back$.next(back);
      });
      expectObservable(autoRefresh(cold('(a|)'), pace, browser), '62s !').toBe('60s a');
    }));

  it.each(['online', 'visible', 'awake'] as const)('asks at once when the page is %s again', (back) =>
    marbles(({ cold, hot, expectObservable }) => {
      hot('2s b', { b: back }).subscribe(browser.back$);
      expectObservable(autoRefresh(cold('(a|)'), pace, browser), '8s !').toBe('1s a 999ms a 4999ms a');
    }),
  );
});

describe('waitMs', () => {
  it('spreads the askers over the last fifth of the wait', () => {
    expect([0, 0.5, 1].map((chance) => waitMs(pace, 0, chance))).toEqual([4000, 4500, 5000]);
    expect(waitMs(pace, 50, 1)).toBe(20_000);
  });
});
