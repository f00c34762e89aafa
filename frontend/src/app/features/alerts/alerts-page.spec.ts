import { Component, inject } from '@angular/core';
import { anAlert } from '../../../testing/builders.ts';
import { TestPage } from '../../../testing/page.ts';
import { AlertStore } from '../../core/stores/alert-store.ts';
import { AlertsPage } from './alerts-page.ts';
import { formatMetric, valueWords } from './alert-words.ts';

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

  it('shows state, rule, target, value and threshold, message and how long it lasts', async () => {
    await page.receive({ alerts: { items: [anAlert({ since: Date.now() - 65_000 })] } });
    expect(page.all('h3')).toEqual(['atlas host']);
    expect(page.all('.alert > *')).toEqual([
      'warning firing',
      'Host is busy',
      '92.4 % / 80.0 %',
      'atlas uses 92.4 % of its CPU, over 80 %',
      'for 1 min 5 s',
      'Acknowledge Host is busy on atlas Silence Host is busy on atlas',
    ]);
  });

  it('puts alerts of one target together, the worst first', async () => {
    const container = { kind: 'container' as const, key: 'atlas.a1b2c3d4e5f6', name: 'web', host: 'atlas' };
    const items = [
      anAlert({ id: 'high', rule: { id: 'high', name: 'Over 80 %' } }),
      anAlert({ id: 'web', target: container }),
      anAlert({ id: 'full', rule: { id: 'full', name: 'Over 90 %' }, severity: 'critical' }),
    ];
    await page.receive({ alerts: { items } });
    expect(page.all('h3')).toEqual(['atlas host 2 alerts', 'web']);
    expect(page.all('.group:first-child .rule')).toEqual(['Over 90 %', 'Over 80 %']);
    expect(page.find('.group:nth-child(2) a').getAttribute('href')).toBe('/containers/atlas/a1b2c3d4e5f6');
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
    expect(page.text).toContain('All is well');
    expect(past()).toHaveLength(2);
    expect(past()[0]).toBe('warning Host is busy resolved on atlas after 5 s now');
  });

  it('marks what somebody has seen or silenced', async () => {
    await page.receive({ alerts: { items: [anAlert({ silencedBy: ['s1'] })] } });
    expect(page.find('.state').textContent).toContain('silenced');
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

  it('shows what was by severity and state', async () => {
    const items = [
      anAlert({ id: 'a', severity: 'critical' }),
      anAlert({ id: 'b', state: 'resolved' }),
      anAlert({ id: 'c', state: 'pending' }),
      anAlert({ id: 'd', change: 'ack' }),
      anAlert({ id: 'e', state: 'resolved', firedAt: null }),
    ];
    page.browser.answers[HISTORY] = { items, nextCursor: null, total: 5 };
    await reconnect();
    expect(past()).toHaveLength(2);
    await page.type('select[aria-label=Severity]', 'critical');
    expect(past()[0]).toContain('critical Host is busy firing');
    expect(page.text).toContain('1 of the 4 read so far');
    await page.type('select[aria-label=Severity]', '');
    await page.type('select[aria-label=State]', 'pending');
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
