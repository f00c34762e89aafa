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

  it('shows state, rule, target, value and threshold, message and how long it lasts', async () => {
    await page.receive({ alerts: { items: [anAlert({ since: Date.now() - 65_000 })] } });
    expect(page.all('tbody td')).toEqual([
      'warning firing',
      'Host is busy',
      'atlas host Host is busy',
      '92.4 % / 80.0 %',
      'atlas uses 92.4 % of its CPU, over 80 %',
      '1 min 5 s',
    ]);
  });

  it('follows an alert through its life', async () => {
    await page.receive({ alerts: { items: [anAlert({ state: 'pending' })] } });
    expect(page.find('td.state').textContent).toContain('pending');
    const say = async (seq: number, state: 'pending' | 'firing' | 'resolved') => {
      const data = anAlert({ seq, state, t: Date.now() });
      page.browser.socket.say({ event: 'event', data: { topic: 'alerts', epoch: 'e1', seq, prev: seq - 1, data } });
      await page.settle();
    };
    await say(2, 'pending');
    expect(page.all('li')).toEqual([]);
    await say(3, 'firing');
    expect(page.find('td.state').textContent).toContain('firing');
    await say(4, 'resolved');
    expect(page.text).toContain('All is well');
    expect(page.all('li')).toHaveLength(2);
    expect(page.all('li')[0]).toContain('Host is busy resolved');
  });

  it('marks what somebody has seen or silenced', async () => {
    await page.receive({ alerts: { items: [anAlert({ silencedBy: ['s1'] })] } });
    expect(page.find('td.state').textContent).toContain('silenced');
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
