import { Component, inject } from '@angular/core';
import { aContainer, aHost, anAlert } from '../../../testing/builders.ts';
import { giveUpdate } from '../../../testing/console.ts';
import { TestPage } from '../../../testing/page.ts';
import { AlertStore } from '../../core/stores/alert-store.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { OverviewPage } from './overview-page.ts';

@Component({ selector: 'app-framed', imports: [OverviewPage], template: '<app-overview-page />' })
class Framed {
  constructor() {
    inject(HostStore).feed.watch();
    inject(AlertStore).feed.watch();
    inject(SessionStore).countFeed.watch();
  }
}

const COLS = ['cpu', 'mem', 'memLimit', 'rx', 'tx', 'rd', 'wr', 'pids'];
const MIB = 2 ** 20;
const ids = ['a00000000000', 'b00000000000', 'c00000000000'];
const fleet = ids.map((id, index) => aContainer({ id, name: `web-${index + 1}` }));
const rows = ids.map((id, index) => [`atlas.${id}`, 10 * (index + 1), (3 - index) * 100 * MIB, index === 0 ? 512 * MIB : null, 0, 0, 0, 0, 1]); // prettier-ignore

describe('OverviewPage', () => {
  let page: TestPage<Framed>;
  const verdict = () => page.all('app-verdict h2')[0];
  const busiest = (by: number) => page.all(`app-busiest:nth-of-type(${by}) li`);
  const asked = (path: string) => page.browser.requests.filter((request) => request.path.startsWith(path)).length;
  const anEvent = (event: string, ago: number, over: object = {}) => ({
    t: Date.now() - ago, host: 'atlas', id: ids[0], name: 'web-1', image: 'web', project: null, service: null,
    event, exitCode: null, oomKilled: false, restarts: 0, demo: false, ...over,
  }); // prettier-ignore

  beforeEach(async () => {
    page = await TestPage.open(Framed);
  });
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });
  async function fill(over: Record<string, object> = {}): Promise<void> {
    await page.receive({
      hosts: { items: [aHost()] },
      containers: { items: fleet },
      stats: { t: 5000, cols: COLS, rows },
      alerts: { items: [] },
      ...over,
    });
  }

  it('does not judge before it knows', async () => {
    expect(verdict()).toBe('Looking…');
    await page.receive({ hosts: { items: [aHost()] } });
    expect(verdict()).toBe('Looking…');
  });

  it('says that all is well, and on what ground', async () => {
    await fill();
    expect(verdict()).toBe('All well');
    expect(page.all('.ground')).toEqual(['1 host · 3 containers running · no alert firing']);
    expect(page.find('app-verdict').className).toContain('good');
  });

  it('lists what is not, each with its way there', async () => {
    const seen = anAlert({ id: 'seen', ack: { by: 'ana', at: 1, note: '' } });
    await fill({
      alerts: { items: [anAlert({ firedAt: Date.now() - 65_000 }), seen] },
      containers: { items: [...fleet, aContainer({ id: 'd00000000000', name: 'job', state: 'dead', t: Date.now() })] },
    });
    expect(verdict()).toBe('2 things need you');
    expect(page.all('app-verdict li')).toEqual([
      'job dead now',
      'atlas host atlas uses 92.4 % of its CPU, over 80 % 1 min ago',
    ]);
    const links = [...page.element.querySelectorAll('app-verdict li a')].map((link) => link.getAttribute('href'));
    expect(links).toEqual(['/containers/atlas/d00000000000', '/containers?host=atlas']);
    expect(page.all('.ground')[0]).toContain('1 alert firing · 1 acknowledged or silenced');
  });

  it('shows the first few of many', async () => {
    const items = Array.from({ length: 9 }, (_, index) => aContainer({ id: `d0000000000${index}`, state: 'dead' }));
    await fill({ containers: { items } });
    expect(page.all('app-verdict li')).toHaveLength(6);
    await page.click('Show 3 more');
    expect(page.all('app-verdict li')).toHaveLength(9);
    await page.click('Show fewer');
    expect(page.all('app-verdict li')).toHaveLength(6);
  });

  it('shows the last one in the place of a line that says there is one more', async () => {
    const items = Array.from({ length: 7 }, (_, index) => aContainer({ id: `d0000000000${index}`, state: 'dead' }));
    await fill({ containers: { items } });
    expect(page.all('app-verdict li')).toHaveLength(7);
    expect(page.all('app-verdict .more')).toEqual([]);
  });

  it('does not call old news well', async () => {
    await fill();
    page.browser.socket.end(1006);
    await page.settle();
    expect(verdict()).toBe('No connection: this is how it was');
    expect(page.element.querySelectorAll('app-busiest li:not(.stale), app-host-card:not(.stale)')).toHaveLength(0);
    expect(page.element.querySelectorAll('app-busiest li.stale').length).toBeGreaterThan(0);
  });

  it('names the busiest by CPU and by memory, which change places when one is clearly busier', async () => {
    await fill();
    expect(busiest(1)).toEqual(['web-3 30.0 %', 'web-2 20.0 %', 'web-1 10.0 %']);
    expect(busiest(2)[0]).toBe('web-1 300 MiB of 512 MiB');
    expect(busiest(2)[1]).toBe('web-2 200 MiB of 16.0 GiB of the host');
    giveUpdate(page.browser, 'stats', { t: 6000, cols: COLS, rows: [[`atlas.${ids[0]}`, 99, 1, null, 0, 0, 0, 0, 1]] });
    await page.settle();
    expect(busiest(1)[2]).toBe('web-1 99.0 %');
    page.find('app-busiest').dispatchEvent(new MouseEvent('mouseenter'));
    await page.settle(6000);
    expect(busiest(1)[0]).toBe('web-3 30.0 %');
    page.find('app-busiest').dispatchEvent(new MouseEvent('mouseleave'));
    await page.settle(1000);
    expect(busiest(1)[0]).toBe('web-1 99.0 %');
  });

  it('counts the sessions by app', async () => {
    await fill({ 'sessions.count': { active: 9, byApp: { blog: 2, shop: 7 }, t: 1 } });
    expect(page.all('app-session-tile .head')).toEqual(['Sessions 9 active']);
    expect(page.all('app-session-tile li')).toEqual(['shop 7', 'blog 2']);
  });

  it('tells what changed lately, containers and alerts, newest first', async () => {
    page.browser.answers['/api/v1/events'] = {
      items: [anEvent('died', 5000, { exitCode: 3, demo: true }), anEvent('seen', 6000), { t: 'wrong' }],
    };
    page.browser.answers['/api/v1/alerts/history'] = {
      items: [anAlert({ t: Date.now() - 7000 }), anAlert({ seq: 2, state: 'pending' })],
    };
    page.browser.socket.end(1006);
    await page.settle(2000);
    page.browser.socket.welcome();
    await fill();
    await page.settle(1000);
    expect(page.all('app-latest li')).toEqual([
      'web-1 demo died with exit code 3 8 s ago',
      'atlas Host is busy: firing 10 s ago',
    ]);
  });

  it('tells what the inventory says by itself, and nothing twice', async () => {
    const died = aContainer({ id: ids[0]!, event: 'died', exitCode: 3, t: Date.now() });
    page.browser.answers['/api/v1/events'] = { items: [anEvent('died', 0, { exitCode: 3, name: 'shop-web-1' })] };
    await fill({ containers: { items: [died, ...fleet.slice(1)] } });
    expect(page.all('app-latest li')).toEqual(['shop-web-1 died with exit code 3 now']);
    await page.settle(5000);
    expect(page.all('app-latest li')).toEqual(['shop-web-1 died with exit code 3 5 s ago']);
  });

  it('reads what happened again when the inventory changes, once a second at most', async () => {
    page.browser.answers['/api/v1/events'] = { items: [] };
    await fill();
    await page.settle(2000);
    const before = asked('/api/v1/events');
    for (let seq = 2; seq < 12; seq += 1) {
      giveUpdate(page.browser, 'containers', { items: [fleet[0]] }, seq);
      await page.settle(100);
    }
    await page.settle(1500);
    expect(asked('/api/v1/events') - before).toBe(2);
    await page.settle(5000);
    expect(asked('/api/v1/events') - before).toBe(2);
  });

  it('says when what happened cannot be read', async () => {
    await fill();
    expect(page.find('app-latest').textContent).toContain('could not be read');
  });
});
