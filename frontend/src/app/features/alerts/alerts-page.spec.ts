import { Component, inject } from '@angular/core';
import { anAlert } from '../../../testing/builders.ts';
import { TestPage } from '../../../testing/page.ts';
import { AlertStore } from '../../core/stores/alert-store.ts';
import { AlertsPage } from './alerts-page.ts';
import { formatMetric, valueWords } from './alert-words.ts';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';

@Component({ selector: 'app-framed', imports: [AlertsPage], template: '<app-alerts-page />' })
class Framed {
  constructor() {
    inject(AlertStore).feed.watch();
  }
}

describe('AlertsPage', () => {
  let page: TestPage<Framed>;
  beforeEach(async () => {
    page = await TestPage.open(Framed);
  });
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });

  const HISTORY = '/api/v1/alerts/history';
  const reconnect = async () => {
    page.browser.socket.end(1006);
    await page.settle(2000);
    page.browser.socket.welcome();
    await page.settle();
  };
  const past = () => page.all('app-alert-history li');

  it('shows host, rule, target, state, figure and threshold, and how long it lasts', async () => {
    await page.receive({ alerts: { items: [anAlert({ since: Date.now() - 65_000 })] } });
    expect([page.all('h3'), page.all('h4')]).toEqual([['atlas'], ['warning Host is busy']]);
    expect(page.all('.line > *').filter(Boolean)).toEqual([
      'atlas host',
      'warning firing',
      '92.4 % / 80.0 %',
      'for 1 min 5 s',
      'Acknowledge Host is busy on atlas Silence Host is busy on atlas',
    ]);
  });

  it('puts alerts together by host and by rule, the worst first', async () => {
    const on = (name: string, host = 'atlas') => ({ kind: 'container' as const, key: `${host}.${name}`, name, host });
    const full = { rule: { id: 'full', name: 'Full' }, severity: 'critical' as const };
    const items = [
      anAlert({ id: 'a', target: on('web') }),
      anAlert({ id: 'b', target: on('db'), ...full }),
      anAlert({ id: 'c', target: on('api'), since: 900 }),
      anAlert({ id: 'd', target: on('api', 'borea') }),
      anAlert({ id: 'e', target: { kind: 'service', key: 'shop.api', name: 'shop.api', host: null } }),
    ];
    await page.receive({ alerts: { items } });
    expect(page.all('h3')).toEqual(['atlas 3 alerts', 'borea', 'Services']);
    expect(page.all('.host:first-child h4')).toEqual(['critical Full', 'warning Host is busy']);
    expect(page.all('.host:first-child .target')).toEqual(['db', 'api', 'web']);
    expect(page.find('.host:nth-child(2) .target a').getAttribute('href')).toBe('/containers/borea/api');
  });

  it('folds what is alike and unfolds it when asked', async () => {
    const items = Array.from({ length: 40 }, (_, n) => anAlert({ id: `a${n}`, since: 1000 + n }));
    await page.receive({ alerts: { items } });
    expect(page.all('app-alert-line')).toHaveLength(5);
    await page.click('35 more');
    expect(page.all('app-alert-line')).toHaveLength(40);
  });

  it('shows the figure as it moves, with its last minutes against the threshold', async () => {
    const target = { kind: 'container' as const, key: 'atlas.a1b2c3d4e5f6', name: 'web', host: 'atlas' };
    await page.receive({ alerts: { items: [anAlert({ metric: 'cpu', target })] } });
    expect(page.find('.value').textContent).toContain('92.4 %');
    const say = (cpu: number) =>
      page.receive({
        'stats.visible': { t: Date.now(), cols: ['cpu'], rows: [['atlas.a1b2c3d4e5f6', cpu]] },
      });
    await say(71);
    expect(page.find('.value').textContent).toMatch(/71.0 %.*80.0 %/);
    await say(64);
    expect(page.find('.value').textContent).toContain('64.0 %');
    expect(page.find('.trail path').getAttribute('d')).toMatch(/^M60/);
    expect(page.find('.trail .level')).toBeTruthy();
    expect(page.browser.requests.map(({ path }) => path)).toContain(
      '/api/v1/containers/history?metric=cpu&points=300&keys=atlas.a1b2c3d4e5f6',
    );
  });

  it('keeps each alert in its place while somebody reads', async () => {
    const item = (id: string, over = {}) => anAlert({ id, rule: { id: 'busy', name: id }, ...over });
    await page.receive({ alerts: { items: [item('a', { since: 10 }), item('b', { since: 20 })] } });
    const names = () => page.all('.state');
    page.find('.hosts').dispatchEvent(new Event('mousemove'));
    await page.receive({ alerts: { items: [item('b', { since: 20 }), item('c', { since: 5 })] } });
    expect(names()).toEqual(['warning resolved', 'warning firing', 'warning firing']);
    expect(page.all('.since')[0]).toBe('over');
    expect(page.all('app-alert-acts')[0]).toBe('Silence a on atlas');
    page.find('.hosts').dispatchEvent(new Event('mouseleave'));
    await page.settle();
    expect(names()).toEqual(['warning firing', 'warning firing']);
  });

  it('looks closely at one: its sentence and what became of it', async () => {
    const story = [anAlert({ seq: 2, change: 'ack', ack: { by: 'ana', at: 1, note: 'on it' } }), anAlert()];
    page.browser.answers[HISTORY] = { items: story, nextCursor: null, total: 2 };
    await page.receive({ alerts: { items: [story[0]!] } });
    await page.click('Details of Host is busy on atlas');
    await page.settle();
    expect(page.find('app-alert-detail .sentence').textContent).toContain('over 80 %');
    expect(page.all('app-alert-detail ol li').map((text) => text.replace(/^.*[AP]M /, ''))).toEqual([
      'firing: atlas uses 92.4 % of its CPU, over 80 %',
      'acknowledged by ana: on it',
    ]);
    expect(TestBed.inject(Router).url).toBe('/?alert=busy-atlas-1');
  });

  it('counts apart what needs somebody, what somebody knows of and what may yet come', async () => {
    const items = [
      anAlert({ id: 'a' }),
      anAlert({ id: 'b', ack: { by: 'ana', at: 1, note: '' } }),
      anAlert({ id: 'c', state: 'pending' }),
    ];
    await page.receive({ alerts: { items } });
    expect(page.all('.counts span')).toEqual(['1 firing', '1 acknowledged or silenced', '1 pending']);
  });

  it('follows an alert through its life', async () => {
    await page.receive({ alerts: { items: [anAlert({ state: 'pending' })] } });
    expect(page.find('.state').textContent).toContain('pending');
    const say = async (seq: number, state: 'pending' | 'firing' | 'resolved') => {
      const data = anAlert({ seq, state, since: Date.now() - 5000, t: Date.now() });
      page.browser.socket.say({ event: 'event', data: { topic: 'alerts', epoch: 'e1', seq, prev: seq - 1, data } });
      await page.settle();
    };
    await say(2, 'pending');
    expect(past()).toEqual([]);
    await say(3, 'firing');
    expect(page.find('.state').textContent).toContain('firing');
    await say(4, 'resolved');
    expect(page.text).toContain('No alert is firing');
    expect(past()).toHaveLength(2);
    expect(past()[0]).toBe('warning Host is busy resolved on atlas after 5 s now');
  });

  it('marks what somebody has seen or silenced', async () => {
    await page.receive({ alerts: { items: [anAlert({ silencedBy: ['s1'] })] } });
    expect(page.find('.state').textContent).toContain('silenced');
  });

  it('says what a silence is for, or at least which it is', async () => {
    page.browser.answers['/api/v1/silences/s1'] = { id: 's1', matchers: { name: 'web-*' }, comment: 'moving house', endsAt: 6e4 }; // prettier-ignore
    page.browser.answers['/api/v1/silences/s2'] = { id: 's2', matchers: { name: 'web-*' }, comment: '', endsAt: 6e4 };
    await page.receive({ alerts: { items: [anAlert({ silencedBy: ['s1', 's2', 's3'] })] } });
    await page.click('Details of Host is busy on atlas');
    await page.settle();
    const said = page.find('app-alert-detail a[href="/alerts/silences"]').textContent!.split('; ');
    expect(said).toEqual([expect.stringMatching(/^moving house, until .*1970/), expect.stringMatching(/^name web-\*, until/), 's3']); // prettier-ignore
  });

  it('reads back what was, a page at a time', async () => {
    page.browser.answers[HISTORY] = { items: [anAlert({ seq: 2, t: Date.now() - 6e4 })], nextCursor: '9', total: 2 };
    await reconnect();
    expect(past()).toHaveLength(1);
    page.browser.answers[HISTORY] = {
      items: [anAlert({ id: 'old', t: Date.now() - 9e4 })],
      nextCursor: null,
      total: 2,
    };
    await page.click('Earlier alerts');
    expect(page.browser.requests.at(-1)?.path).toContain('cursor=9');
    expect(past()).toHaveLength(2);
    expect(page.text).not.toContain('Earlier alerts');
  });

  it('asks for what was by severity, state, rule, target and time, and writes that into the address', async () => {
    page.browser.answers[HISTORY] = { items: [anAlert({ t: Date.now() })], nextCursor: null, total: 5 };
    await reconnect();
    expect(past()).toHaveLength(1);
    await page.type('select[aria-label=Severity]', 'critical');
    await page.settle();
    expect(past()).toEqual([]);
    expect(page.text).toContain('None of these.');
    await page.type('select[aria-label=State]', 'resolved');
    await page.type('select[aria-label=Time]', '1h');
    await page.type('app-alert-history [type=search]', 'shop web');
    await page.settle(1000);
    const asked = page.browser.requests.findLast(({ path }) => path.includes('/alerts/history'))!.path;
    expect(Object.fromEntries(new URL(asked, 'http://x').searchParams)).toEqual({
      limit: '100',
      news: 'true',
      state: 'resolved',
      severity: 'critical',
      target: 'shop web',
      from: expect.stringMatching(/^\d{13}$/) as string,
    });
    expect(TestBed.inject(Router).url).toBe('/?severity=critical&was=resolved&target=shop%20web&span=1h');
    await page.click('Show all');
    await page.settle(1000);
    expect(past()).toHaveLength(1);
  });

  it('says when the history cannot be read, and tries again when asked', async () => {
    expect(page.find('[role=alert]').textContent).toContain('could not be read');
    page.browser.answers[HISTORY] = { items: [], nextCursor: null, total: 0 };
    await page.click('Try again');
    expect(page.text).toContain('No alert has fired yet.');
  });
});

describe('alert words', () => {
  it('give each metric its unit', () => {
    expect(formatMetric('cpu', 250)).toBe('250 %');
    expect(formatMetric('mem', 2 ** 30)).toBe('1.00 GiB');
    expect(formatMetric('rx', 1024)).toBe('1.00 KiB/s');
    expect(formatMetric('pids', 12)).toBe('12');
    expect(formatMetric('restarts', null)).toBe('–');
  });

  it('say nothing of a value where the rule is about events', () => {
    expect(valueWords(anAlert({ metric: null, value: null, threshold: null }))).toBe('');
  });
});
