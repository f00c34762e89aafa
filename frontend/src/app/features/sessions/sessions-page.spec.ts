import { Component, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import type { SessionEvent } from '@deckwatch/contracts';
import { aSessionEvent } from '../../../testing/builders.ts';
import { FakeFault } from '../../../testing/fake-browser.ts';
import { TestPage } from '../../../testing/page.ts';
import { aSession, aSource } from '../../../testing/sessions.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { Revoking } from './revoking.ts';
import { SessionsPage } from './sessions-page.ts';

@Component({ selector: 'app-framed', imports: [SessionsPage], template: '<app-sessions-page />' })
class Framed {
  constructor() {
    inject(SessionStore).countFeed.watch();
    inject(SessionStore).eventFeed.watch();
  }
}

const LIST = '/api/v1/sessions';
const EVENTS = '/api/v1/sessions/events';
const SOURCES = '/api/v1/sessions/sources';
const pageOf = (items: object[], over: object = {}) => ({ items, nextCursor: null, total: items.length, ...over });

describe('SessionsPage', () => {
  let page: TestPage<Framed>;
  let seq: number;
  const users = () => page.all('tbody .title');
  const asked = () => page.browser.requests.filter(({ path }) => path.startsWith(`${LIST}?`)).map(({ path }) => path);

  async function open(answers: Record<string, unknown> = {}, greeting: object = {}): Promise<void> {
    const people = [aSession({ id: 'a', user: 'ana' }), aSession({ id: 'b', user: 'bo', app: 'wiki' })];
    page = await TestPage.open(Framed, { [LIST]: pageOf(people), ...answers }, greeting);
    await page.receive({ 'sessions.events': { items: [] } });
    await page.settle(50);
    seq = 1;
  }
  async function happens(over: Partial<SessionEvent>): Promise<void> {
    const data = aSessionEvent({ t: Date.now() + 1, ...over });
    const frame = { topic: 'sessions.events', epoch: 'e1', seq: seq + 1, prev: seq, data };
    seq += 1;
    page.browser.socket.say({ event: 'event', data: frame });
    await page.settle();
  }
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });

  describe('counts', () => {
    it('by app, the largest first, live', async () => {
      await open();
      await page.receive({ 'sessions.count': { active: 1209, byApp: { blog: 2, shop: 1207 }, t: 1 } });
      expect(page.all('.total')).toEqual(['1,209']);
      expect(page.all('app-session-apps li')).toEqual(['shop 1,207', 'blog 2']);
      await happens({ app: 'blog', active: 3 });
      expect(page.element.querySelectorAll('app-session-apps path[d]')).toHaveLength(2);
    });

    it('say of an app that it is only counted', async () => {
      await open({
        [SOURCES]: { items: [aSource({ app: 'mail', kind: 'http', countsOnly: true })] },
        [LIST]: pageOf([]),
      });
      await page.receive({ 'sessions.count': { active: 40, byApp: { mail: 40 }, t: 1 } });
      expect(page.all('app-session-apps li')).toEqual(['mail counts only 40']);
      await page.click('mail');
      await page.settle(50);
      expect(page.text).toContain('Only counted');
      expect(asked().at(-1)).toContain('app=mail');
    });

    it('say that there is nothing to count yet', async () => {
      await open({ [LIST]: pageOf([]) });
      await page.receive({ 'sessions.count': { active: 0, byApp: {}, t: 1 } });
      expect(page.text).toContain('No sessions yet');
      expect(page.text).toContain('Nobody is there');
    });
  });

  describe('the list', () => {
    it('does not jump: who comes is counted until he is asked for', async () => {
      await open();
      expect(users()).toEqual(['ana', 'bo']);
      await happens({ id: 'c', user: 'cleo' });
      await happens({ id: 'd', user: 'dan' });
      expect(users()).toEqual(['ana', 'bo']);
      page.browser.answers[LIST] = pageOf([aSession({ id: 'd', user: 'dan' }), aSession({ id: 'c', user: 'cleo' })]);
      await page.click('2 new, show');
      await page.settle(50);
      expect(users()).toEqual(['dan', 'cleo']);
      expect(page.text).not.toContain('new, show');
    });

    it('does not count who comes and goes, nor who is none of those chosen', async () => {
      await open();
      await page.receive({ 'sessions.count': { active: 2, byApp: { shop: 1, wiki: 1 }, t: 1 } });
      await page.type('app-session-table .bar select', 'wiki');
      await page.settle(50);
      await happens({ id: 'c', user: 'cleo', app: 'shop' });
      await happens({ id: 'd', user: 'dan', app: 'wiki' });
      expect(page.text).toContain('1 new, show');
      await happens({ id: 'd', user: 'dan', app: 'wiki', event: 'destroyed', reason: 'logout', delta: -1 });
      expect(page.text).not.toContain('new, show');
    });

    it('leaves who goes in his row, marked, and says what has changed in place', async () => {
      await open();
      await happens({ id: 'a', event: 'destroyed', reason: 'expired', delta: -1 });
      await happens({ id: 'b', app: 'wiki', user: 'bo', event: 'updated', delta: 0, attrs: { page: 'Sandbox' } });
      const [ana, bo] = page.all('tbody tr');
      expect(ana).toContain('expired now');
      expect(bo).toContain('page Sandbox');
      expect(page.find<HTMLInputElement>('tbody tr .mark input').disabled).toBe(true);
    });

    it('asks with what is searched, filtered and sorted, which stands in the address', async () => {
      await open();
      await page.type('app-session-table [type=search]', 'pro');
      await page.settle(300);
      await page.click('Last seen');
      await page.settle(300);
      const query = new URLSearchParams(asked().at(-1)?.split('?')[1]);
      expect(Object.fromEntries(query)).toEqual({ search: 'pro', sort: 'lastSeenAt', order: 'desc', limit: '50' });
      expect(TestBed.inject(Router).url).toBe('/?q=pro&sort=-lastSeenAt');
    });

    it('goes on page by page, and says how much of all it shows', async () => {
      await open({ [LIST]: pageOf([aSession({ id: 'a', user: 'ana' })], { nextCursor: 'c1', total: 1204 }) });
      expect(page.all('.tally')).toEqual(['1 of 1,204 sessions']);
      page.browser.answers[LIST] = pageOf([aSession({ id: 'z', user: 'zoe' })], { total: 1204 });
      await page.click('More sessions');
      await page.settle(50);
      expect(asked().at(-1)).toContain('cursor=c1');
      expect(users()).toEqual(['ana', 'zoe']);
    });

    it('counts who comes by HTTP too while there is no connection, and says afterwards that it may be old', async () => {
      await open();
      page.browser.answers[EVENTS] = pageOf([aSessionEvent({ id: 'n', user: 'nora', t: Date.now() + 500 })]);
      page.browser.socket.end(1006);
      await page.settle(1500);
      expect(page.text).toContain('1 new, show');
      await page.settle(60_000);
      page.browser.socket.welcome();
      await page.settle(50);
      expect(page.text).toMatch(/1 new, show|may have changed/);
    });

    it('says when it cannot be read, and tries again when asked', async () => {
      await open({ [LIST]: new FakeFault(503, 'the session registry is away') });
      expect(page.text).toContain('The list could not be read: the session registry is away');
      page.browser.answers[LIST] = pageOf([aSession()]);
      await page.click('Try again');
      await page.settle(50);
      expect(users()).toEqual(['ana']);
    });
  });

  describe('ending sessions', () => {
    it('asks for all that are chosen, and takes the marks away', async () => {
      await open();
      const ask = jest.spyOn(TestBed.inject(Revoking), 'ask').mockResolvedValue(true);
      page.find<HTMLInputElement>('thead .mark input').click();
      await page.settle();
      expect(page.all('.bulk')).toEqual(['2 chosen End them… Choose none']);
      await page.click('End them…');
      expect(ask).toHaveBeenCalledWith([
        { app: 'shop', id: 'a' },
        { app: 'wiki', id: 'b' },
      ]);
      await page.settle();
      expect(page.all('.bulk')).toEqual([]);
    });

    it('is no business of who only looks', async () => {
      await open({}, { user: { name: 'vera', role: 'viewer' } });
      expect(users()).toEqual(['ana', 'bo']);
      expect(page.all('.mark')).toEqual([]);
    });
  });

  it('lists where sessions come from, what is wrong there, and what could not be read', async () => {
    const unreadable = { count: 1200, latest: [{ id: 'q8s', why: 'not JSON' }] };
    const sources = [
      aSource({ unreadable, gaps: 1, mended: { created: 2, destroyed: 1 } }),
      aSource({ name: 'wiki-http', app: 'wiki', kind: 'http', state: 'away', fault: 'no route', revokes: false }),
    ];
    await open({ [SOURCES]: { items: sources } });
    const [redis, http] = page.all('app-session-sources li');
    expect(redis).toBe(
      'shop-redis shop, followed in Redis following 3 put right by comparing · 1 gap in what it told 1,200 could not be read as its settings say q8s not JSON',
    );
    expect(http).toBe("wiki-http wiki, polled can't end sessions away: no route");
  });

  describe('lately', () => {
    it('tells what happened, to whom and when', async () => {
      await open();
      await happens({ event: 'destroyed', reason: 'expired', user: null, active: 3 });
      await happens({ id: 'n', active: 4 });
      expect(page.all('app-session-lately li')).toEqual([
        'ana joined shop 4 active now',
        'Someone left shop: the session expired 3 active now',
      ]);
    });

    it('reads further back, a page at a time, and nothing twice', async () => {
      const early = (id: string, ago: number) => aSessionEvent({ id, user: id, t: Date.now() - ago });
      await open();
      page.browser.answers[EVENTS] = { items: [early('b', 2e5), early('c', 3e5)], nextCursor: '17', total: 4 };
      await page.click('Try again');
      page.browser.answers[EVENTS] = { items: [early('c', 3e5), early('d', 4e5)], nextCursor: null, total: 4 };
      await page.click('Earlier events');
      expect(page.browser.requests.at(-1)?.path).toContain('cursor=17');
      expect(page.all('app-session-lately b')).toEqual(['b', 'c', 'd']);
      expect(page.text).not.toContain('Earlier events');
    });
  });
});
