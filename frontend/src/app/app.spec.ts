import { TestBed } from '@angular/core/testing';
import { Title } from '@angular/platform-browser';
import { TitleStrategy } from '@angular/router';
import { aContainer, aHost, anAlert, aSessionEvent } from '../testing/builders.ts';
import { giveUpdate } from '../testing/console.ts';
import { TestPage } from '../testing/page.ts';
import { App } from './app.ts';
import { PageTitle } from './core/page-title.ts';

describe('App', () => {
  let page: TestPage<App>;
  beforeEach(async () => {
    localStorage.clear();
    TestBed.configureTestingModule({ providers: [{ provide: TitleStrategy, useExisting: PageTitle }] });
    page = await TestPage.open(App);
    TestBed.inject(PageTitle);
  });
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });
  const pill = () => page.all('app-connection-pill')[0];

  it('says that it is live, counts down to the next attempt, and tries now when asked', async () => {
    expect(pill()).toBe('Live');
    page.browser.chance = 0.999;
    for (let failure = 0; failure < 4; failure += 1) {
      page.browser.socket.end(1006);
      await page.settle();
      if (failure < 3) await page.click('Reconnect now');
    }
    expect(pill()).toBe('Reconnecting in 4 s · now');
    await page.settle(2000);
    expect(pill()).toBe('Reconnecting in 2 s · now');
    await page.click('Reconnect now');
    page.browser.socket.welcome();
    await page.settle();
    expect(pill()).toBe('Live');
  });

  it('says that it is offline without a network', async () => {
    page.browser.online = false;
    page.browser.socket.end(1006);
    await page.settle();
    expect(pill()).toBe('Offline · now');
  });

  it('marks the last known state and its age when nothing answers', async () => {
    await page.receive({ hosts: { items: [aHost()] } });
    page.browser.chance = 0.999;
    page.browser.online = false;
    page.browser.socket.end(1006);
    await page.settle(7000);
    expect(page.find('app-outage-bar').textContent).toMatch(/last known state.*Figures are 7 s old/s);
  });

  it('says that figures come by HTTP, and their age', async () => {
    page.browser.answers = { '/api/v1/hosts': { items: [aHost()], nextCursor: null, total: 1 } };
    page.browser.socket.end(4403);
    await page.settle(3000);
    expect(page.find('app-outage-bar').textContent).toMatch(/by HTTP every 5 s.*2 s old/s);
  });

  it('counts sessions and alerts in the header and troubles in the title', async () => {
    await page.receive({
      'sessions.count': { active: 42, byApp: { shop: 42 }, t: 1 },
      alerts: {
        items: [anAlert({ severity: 'critical' }), anAlert({ id: 'seen', ack: { by: 'x', at: 1, note: '' } })],
      },
      // One is told of by the alert already.
      hosts: { items: [aHost({ status: 'down' }), aHost({ host: 'borea', status: 'down' })] },
    });
    expect(page.find('[data-testid=session-count]').textContent?.trim()).toBe('42');
    expect(page.find('[data-testid=alert-count]').textContent?.trim()).toBe('1');
    expect(page.find('[data-testid=alert-count]').className).toContain('bad');
    expect(TestBed.inject(Title).getTitle()).toBe('(2) Deckwatch');
  });

  it('knows of containers in trouble on every page, soon after the first one is there', async () => {
    await page.settle(3000);
    const died = aContainer({ state: 'exited', exitCode: 3, event: 'died' });
    await page.receive({ containers: { items: [died] }, hosts: { items: [aHost()] }, alerts: { items: [] } });
    expect(TestBed.inject(Title).getTitle()).toBe('(1) Deckwatch');
  });

  it('shows a toast that can be dismissed with the keyboard', async () => {
    await page.receive({ 'sessions.events': { items: [] } });
    const event = { topic: 'sessions.events', epoch: 'e1', seq: 2, prev: 1, data: aSessionEvent() };
    page.browser.socket.say({ event: 'event', data: event });
    await page.settle(300);
    expect(page.find('ui-toast-region').getAttribute('aria-live')).toBe('polite');
    expect(page.all('.toast .title')).toEqual(['Session began in shop']);
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    await page.settle();
    expect(page.all('.toast')).toEqual([]);
  });

  it('changes the theme and remembers it', async () => {
    HTMLElement.prototype.showPopover = () => undefined;
    await page.click('dark');
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(localStorage.getItem('deckwatch.theme')).toBe('dark');
    await page.click('system');
    expect(document.documentElement.dataset['theme']).toBeUndefined();
  });

  it('stands still while it is paused, says for how long, and tells of alerts all the same', async () => {
    await page.receive({ 'sessions.count': { active: 42, byApp: {}, t: 1 }, alerts: { items: [] } });
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'p' }));
    await page.settle(3000);
    expect(pill()).toBe('Paused 3 s · resume');
    expect(page.find('app-outage-bar').textContent).toMatch(/Paused by you: figures stand still since \d+:/);
    giveUpdate(page.browser, 'sessions.count', { active: 43, byApp: {}, t: 2 });
    const event = { topic: 'alerts', epoch: 'e1', seq: 2, prev: 1, data: anAlert() };
    page.browser.socket.say({ event: 'event', data: event });
    await page.settle();
    expect(page.all('[data-testid=session-count]')).toEqual(['42']);
    expect(page.all('[data-testid=alert-count]')).toEqual(['1']);
    await page.click('resume');
    await page.settle();
    expect(page.all('[data-testid=session-count]')).toEqual(['43']);
  });

  it('tells trouble by the icon of the tab', async () => {
    const link = document.head.appendChild(document.createElement('link'));
    link.rel = 'icon';
    await page.receive({ alerts: { items: [anAlert({ severity: 'critical' })] } });
    expect(decodeURIComponent(link.href)).toContain('#e5303f');
    await page.receive({ alerts: { items: [] } });
    expect(decodeURIComponent(link.href)).not.toContain('circle');
    link.remove();
  });

  it('is not alarmed in red by a critical alert that somebody has silenced, beside a warning', async () => {
    const link = document.head.appendChild(document.createElement('link'));
    link.rel = 'icon';
    const silenced = anAlert({ id: 'other', severity: 'critical', silencedBy: ['night'] });
    await page.receive({ alerts: { items: [anAlert({ severity: 'warning' }), silenced] } });
    expect(decodeURIComponent(link.href)).toContain('#f0a020');
    expect(page.find('[data-testid=alert-count]').className).toBe('badge warn');
    link.remove();
  });

  it('says which clock its times belong to when this device is far off', async () => {
    page.browser.socket.welcome({ t: Date.now() + 180_000 });
    await page.settle();
    expect(page.find('app-outage-bar').textContent).toMatch(/clock is 3 min behind the gateway's/);
  });

  it('says nothing of a blink of the connection', async () => {
    await page.receive({ hosts: { items: [aHost()] } });
    page.browser.socket.end(1006);
    await page.settle(900);
    expect(page.find('app-outage-bar').textContent?.trim()).toBe('');
  });

  it('tells of parts of Deckwatch that are down', async () => {
    const broker = { key: 'broker.redis', kind: 'broker', name: 'redis', status: 'down', reason: 'refused', t: 1 };
    await page.receive({ system: { items: [broker] } });
    expect(page.find('app-outage-bar').textContent).toContain('redis is down: refused');
  });
});
