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
import { SessionPage } from './session-page.ts';

@Component({ selector: 'app-framed', imports: [SessionPage], template: '<app-session-page app="shop" id="s/1" />' })
class Framed {
  constructor() {
    inject(SessionStore).countFeed.watch();
    inject(SessionStore).eventFeed.watch();
  }
}

const PATH = '/api/v1/sessions/shop/s%2F1';
const EVENTS = '/api/v1/sessions/events';

describe('SessionPage', () => {
  let page: TestPage<Framed>;
  const facts = () => page.all('section:has(#what) dl div');
  const session = (over: object = {}) => aSession({ id: 's/1', attrs: { plan: 'pro', tries: 3 }, ...over });
  const began = () => aSessionEvent({ id: 's/1', t: Date.now() - 60_000 });

  async function open(answers: Record<string, unknown> = {}, greeting: object = {}): Promise<void> {
    const past = { items: [began()], nextCursor: null, total: 9 };
    page = await TestPage.open(Framed, { [PATH]: session(), [EVENTS]: past, ...answers }, greeting);
    await page.receive({ 'sessions.events': { items: [] } });
    await page.settle(50);
  }
  async function happens(over: Partial<SessionEvent>): Promise<void> {
    const data = aSessionEvent({ id: 's/1', t: Date.now(), ...over });
    page.browser.socket.say({ event: 'event', data: { topic: 'sessions.events', epoch: 'e1', seq: 2, prev: 1, data } });
    await page.settle();
  }
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });

  it('shows who it is, since when, and what it carries', async () => {
    await open();
    expect(page.all('h1')).toEqual(['ana']);
    expect(page.all('.head .badge')).toEqual(['active']);
    expect(facts()).toEqual(expect.arrayContaining(['App shop', 'Duration 1 min', 'Id s/1']));
    expect(page.all('section:has(#attributes) dl div')).toEqual(['plan pro', 'tries 3']);
    expect(page.all('ol li')).toEqual(['began 1 min ago']);
    const query = new URLSearchParams(
      page.browser.requests.find(({ path }) => path.startsWith(EVENTS))!.path.split('?')[1],
    );
    expect(query.get('id')).toBe('s/1');
  });

  it('tells live that it has ended, and how long it was', async () => {
    await open();
    await page.settle(5000);
    await happens({ event: 'destroyed', reason: 'logout', delta: -1 });
    expect(page.all('.head .badge')).toEqual(['signed out']);
    await page.settle(60_000);
    expect(facts()).toContain('Duration 1 min 5 s');
    expect(page.text).not.toContain('End session');
  });

  it('tells of one that is over by what the log knows', async () => {
    const past = [aSessionEvent({ id: 's/1', event: 'destroyed', reason: 'expired', t: Date.now() - 1000 }), began()];
    await open({
      [PATH]: new FakeFault(404, 'no such session'),
      [EVENTS]: { items: past, nextCursor: null, total: 2 },
    });
    expect(page.all('h1')).toEqual(['ana']);
    expect(page.all('.head .badge')).toEqual(['expired']);
    expect(page.all('ol li')).toEqual(['expired now', 'began 1 min ago']);
  });

  it('ends it after a question, where its source lets one', async () => {
    await open();
    const ask = jest.spyOn(TestBed.inject(Revoking), 'ask').mockResolvedValue(true);
    await page.click('End session');
    expect(ask).toHaveBeenCalledWith([{ app: 'shop', id: 's/1' }]);
  });

  it('says why it cannot be ended', async () => {
    await open({ '/api/v1/sessions/sources': { items: [aSource({ revokes: false })] } });
    expect(page.find<HTMLButtonElement>('.danger').disabled).toBe(true);
    expect(page.text).toContain('Its source does not let Deckwatch end sessions.');
  });

  it('does not offer to end it to who only looks', async () => {
    await open({}, { user: { name: 'vera', role: 'viewer' } });
    expect(page.text).not.toContain('End session');
  });

  it('leads to the containers that serve it', async () => {
    await open();
    const runsOn = [{ app: 'shop', project: 'shop', service: 'web' }];
    await page.receive({ 'sessions.count': { active: 1, byApp: { shop: 1 }, runsOn, t: 1 } });
    expect(page.find('a[href="/containers?project=shop&q=web"]').textContent).toBe('shop / web');
  });

  it('closes with Escape, keeping what was chosen', async () => {
    await open();
    const went = jest.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    expect(went).toHaveBeenCalledWith(['/sessions'], { queryParamsHandling: 'preserve' });
  });
});
