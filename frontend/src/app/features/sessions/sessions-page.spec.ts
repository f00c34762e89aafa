import { Component, inject } from '@angular/core';
import { aSessionEvent } from '../../../testing/builders.ts';
import { TestPage } from '../../../testing/page.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { SessionsPage } from './sessions-page.ts';

@Component({ selector: 'app-framed', imports: [SessionsPage], template: '<app-sessions-page />' })
class Framed {
  constructor() {
    inject(SessionStore).countFeed.watch();
    inject(SessionStore).eventFeed.watch();
  }
}

describe('SessionsPage', () => {
  let page: TestPage<Framed>;
  beforeEach(async () => {
    page = await TestPage.open(Framed);
  });
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });

  it('counts by app, the largest first', async () => {
    await page.receive({ 'sessions.count': { active: 9, byApp: { blog: 2, shop: 7 }, t: 1 } });
    expect(page.find('.total').textContent).toBe('9');
    expect(page.all('tbody tr')).toEqual(['shop 7', 'blog 2']);
  });

  it('tells what happened, to whom and when', async () => {
    const ended = aSessionEvent({ event: 'destroyed', reason: 'expired', user: null, active: 3, t: Date.now() - 5000 });
    await page.receive({ 'sessions.events': { items: [aSessionEvent({ active: 4 }), ended] } });
    expect(page.all('li')).toEqual(['ana began in shop 4 active now', 'Someone expired in shop 3 active 5 s ago']);
  });

  it('says that nothing has happened yet', async () => {
    await page.receive({ 'sessions.count': { active: 0, byApp: {}, t: 1 }, 'sessions.events': { items: [] } });
    expect(page.text).toContain('No sessions yet');
    expect(page.text).toContain('Nothing has happened yet');
  });
});
