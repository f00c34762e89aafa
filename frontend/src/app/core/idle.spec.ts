import { TestBed } from '@angular/core/testing';
import { setUpLiveConsole, settle } from '../../testing/console.ts';
import type { FakeBrowser } from '../../testing/fake-browser.ts';
import { Topics } from './topics.ts';

let browser: FakeBrowser;

/** Seconds on a connection that shows signs of life. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    browser.socket.say({ event: 'heartbeat', data: { t: Date.now() } });
    await settle(1000);
  }
}

describe('a tab that nobody looks at', () => {
  afterEach(() => jest.useRealTimers());

  it('has no figures sent to it after a minute, goes on hearing of trouble, and asks for all when it is seen', async () => {
    browser = setUpLiveConsole();
    const topics = TestBed.inject(Topics);
    const views = ['stats.visible', 'containers', 'alerts'].map((topic) => topics.topic$(topic).subscribe());
    await settle();
    browser.visible = false;
    browser.hidden$.next();
    await pass(59);
    expect(browser.socket.sentOf('unsubscribe')).toEqual([]);
    await pass(1);
    expect(browser.socket.sentOf('unsubscribe')).toMatchObject([{ topics: ['stats.visible'] }]);
    const before = browser.socket.sentOf('subscribe').length;
    browser.visible = true;
    browser.back$.next('visible');
    await settle();
    const asked = browser.socket.sentOf('subscribe').slice(before).flatMap(({ topics: named }) => named); // prettier-ignore
    expect(asked).toEqual(['stats.visible']);
    views.forEach((view) => view.unsubscribe());
  });

  it('is not idle when it was hidden for a moment', async () => {
    browser = setUpLiveConsole();
    const view = TestBed.inject(Topics).topic$('stats').subscribe();
    browser.visible = false;
    browser.hidden$.next();
    await pass(30);
    browser.visible = true;
    browser.back$.next('visible');
    await pass(60);
    expect(browser.socket.sentOf('unsubscribe')).toEqual([]);
    view.unsubscribe();
  });
});
