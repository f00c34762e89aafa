import { Component, inject } from '@angular/core';
import { aSessionEvent } from '../../../testing/builders.ts';
import { TestPage } from '../../../testing/page.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { sessionWords } from './session-words.ts';
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
    expect(page.all('li')).toEqual([
      'ana joined shop 4 active now',
      'Someone left shop: the session expired 3 active 5 s ago',
    ]);
  });

  it('reads further back, a page at a time, and nothing twice', async () => {
    const early = (id: string, ago: number) => aSessionEvent({ id, user: id, t: Date.now() - ago });
    page.browser.answers['/api/v1/sessions/events'] = { items: [early('b', 2e5), early('c', 3e5)], nextCursor: '17', total: 4 }; // prettier-ignore
    page.browser.socket.end(1006);
    await page.settle(2000);
    page.browser.socket.welcome();
    await page.receive({ 'sessions.events': { items: [early('a', 1e5), early('b', 2e5 + 2000)] } });
    expect(page.all('b')).toEqual(['a', 'b', 'c']);
    page.browser.answers['/api/v1/sessions/events'] = { items: [early('d', 4e5)], nextCursor: null, total: 4 };
    await page.click('Earlier events');
    expect(page.browser.requests.at(-1)?.path).toContain('cursor=17');
    expect(page.all('b')).toEqual(['a', 'b', 'c', 'd']);
    expect(page.text).not.toContain('Earlier events');
  });

  it('says when what was before cannot be read, and tries again when asked', async () => {
    expect(page.find('[role=alert]').textContent).toContain('could not be read');
    page.browser.answers['/api/v1/sessions/events'] = { items: [aSessionEvent({ t: Date.now() - 5000 })], nextCursor: null, total: 1 }; // prettier-ignore
    await page.click('Try again');
    expect(page.all('li')).toHaveLength(1);
  });

  it('says that nothing has happened yet', async () => {
    await page.receive({ 'sessions.count': { active: 0, byApp: {}, t: 1 }, 'sessions.events': { items: [] } });
    expect(page.text).toContain('No sessions yet');
    expect(page.text).toContain('Nothing has happened yet');
  });
});

describe('session words', () => {
  const of = (event: Partial<Parameters<typeof sessionWords>[0]>) => sessionWords(aSessionEvent(event));

  it('do not guess why somebody left', () => {
    expect(of({ event: 'destroyed', reason: 'logout' })).toBe('left shop');
    expect(of({ event: 'destroyed', reason: 'unknown' })).toBe('left shop');
    expect(of({ event: 'destroyed', reason: 'revoked' })).toBe('was signed out of shop');
  });

  it('call a console what it is', () => {
    expect(of({ app: 'deckwatch' })).toBe('opened a console');
    expect(of({ app: 'deckwatch', event: 'destroyed', reason: 'logout' })).toBe('closed a console');
  });
});
