import { Component, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { aContainer, aHost } from '../../../testing/builders.ts';
import { giveUpdate } from '../../../testing/console.ts';
import { TestPage } from '../../../testing/page.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { ContainersPage } from './containers-page.ts';

@Component({ selector: 'app-framed', imports: [ContainersPage], template: '<app-containers-page />' })
class Framed {
  constructor() {
    inject(HostStore).feed.watch();
  }
}

const COLS = ['cpu', 'mem', 'memLimit', 'rx', 'tx', 'rd', 'wr', 'pids'];
const MIB = 2 ** 20;
const fleet = [
  aContainer({ id: 'a00000000000', name: 'web-1', health: 'healthy' }),
  aContainer({ id: 'b00000000000', name: 'web-2', state: 'exited', exitCode: 1 }),
  aContainer({ id: 'c00000000000', name: 'db', host: 'borealis', project: null, service: null, demo: true }),
];
const rows = [
  ['atlas.a00000000000', 12.34, 256 * MIB, 512 * MIB, 1024, 2048, 0, null, 17],
  ['borealis.c00000000000', 90, 100 * MIB, null, 0, 0, 0, 0, 3],
];

describe('ContainersPage', () => {
  let page: TestPage<Framed>;
  const names = () => page.all('tbody .title');
  const row = (name: string) =>
    [...page.element.querySelectorAll('tbody tr')].find((tr) =>
      tr.querySelector('.title')?.textContent?.includes(name),
    );
  const cell = (name: string, column: string) =>
    row(name)?.querySelector(`td.${column}`)?.textContent?.replace(/\s+/g, ' ').trim();
  const asked = () =>
    page.browser.socket
      .sentOf('subscribe')
      .flatMap(({ topics, keys }) => (topics as string[]).map((topic) => [topic, keys]));
  const sortBy = async (column: string) => {
    page.find(`th.${column} button`).click();
    await page.settle();
  };
  const press = async (key: string, on: Element = document.activeElement ?? document.body) => {
    on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    await page.settle(300);
  };

  beforeEach(async () => {
    jest.useFakeTimers();
    page = await TestPage.open(Framed);
  });
  afterEach(() => {
    page.fixture.destroy();
    page.element.remove();
    localStorage.clear();
    jest.useRealTimers();
  });
  /** The inventory, and then the figures of what is on screen, or of all once they are asked for. */
  async function fill(containers = fleet, topic = 'stats.visible'): Promise<void> {
    const hosts = [aHost(), aHost({ host: 'borealis', key: 'borealis', demo: true })];
    await page.receive({ hosts: { items: hosts }, containers: { items: containers } });
    await page.settle(200);
    await page.receive({ [topic]: { t: 5000, cols: COLS, rows } });
  }
  async function sweep(topic: string, t: number, ...changed: unknown[][]): Promise<void> {
    giveUpdate(page.browser, topic, { t, cols: COLS, rows: changed });
    await page.settle();
  }
  async function sortByCpu(): Promise<void> {
    await sortBy('cpu');
    await page.receive({ stats: { t: 5000, cols: COLS, rows } });
  }

  it('says that it is loading until the inventory is there', async () => {
    expect(page.find('ui-loading').getAttribute('aria-label')).toBe('Loading containers');
    await fill();
    expect(names()).toEqual(['db', 'web-1', 'web-2']);
  });

  it('shows each figure in its unit and what is not known as a dash', async () => {
    await fill();
    const told = ['host', 'cpu', 'mem', 'net', 'disk', 'pids', 'restarts'].map((column) => cell('web-1', column));
    expect(told).toEqual(['atlas', '12.3 %', '256 MiB / 512 MiB', '1.00 KiB/s', '0 B/s', '17', '0']);
    expect(page.all('tbody tr:nth-of-type(2) .rate')).toEqual(['1.00 KiB/s', '2.00 KiB/s', '0 B/s', '–']);
    expect(cell('web-2', 'cpu')).toBe('–');
  });

  it('moves with every sweep', async () => {
    await fill();
    await sweep('stats.visible', 6000, ['atlas.a00000000000', 55.5, 1, 2, 3, 4, 5, 6, 7]);
    expect(cell('web-1', 'cpu')).toBe('55.5 %');
  });

  it('asks for the figures of the rows on screen alone, and for all only while they are needed', async () => {
    await fill();
    const keys = ['borealis.c00000000000', 'atlas.a00000000000', 'atlas.b00000000000'];
    expect(asked().find(([topic]) => topic === 'stats.visible')).toEqual(['stats.visible', keys]);
    expect(asked().some(([topic]) => topic === 'stats')).toBe(false);
    await sortBy('cpu');
    expect(asked().at(-1)).toEqual(['stats', undefined]);
    await sortBy('name');
    await page.settle(3000);
    expect(page.browser.socket.sentOf('unsubscribe').at(-1)?.['topics']).toEqual(['stats']);
  });

  it('tells state and health by more than colour', async () => {
    await fill();
    expect(row('web-1')?.querySelector('[role=img]')?.ariaLabel).toBe('running, healthy');
    expect(cell('web-1', 'state')).toBe('healthy');
    expect(cell('web-2', 'state')).toBe('exit 1');
    expect(page.all('.badge.demo')).toHaveLength(1);
  });

  it('finds as one types and offers a way back from nothing', async () => {
    await fill();
    await page.settle(1000);
    await page.type('input[type=search]', 'web-');
    expect(names()).toEqual(['web-1', 'web-2']);
    expect(page.find('.tally').textContent).toContain('2 of 3');
    expect(page.find('app-filter-bar [role=status]').textContent).toBe('3 containers');
    await page.settle(1000);
    expect(page.find('app-filter-bar [role=status]').textContent).toBe('2 of 3');
    await page.type('input[type=search]', 'nothing like it');
    expect(page.text).toContain('No container matches');
    await page.click('Show all 3');
    expect(names()).toHaveLength(3);
  });

  it('goes to the search with a slash, but not while someone types', async () => {
    document.body.append(page.element);
    const input = page.find<HTMLInputElement>('input[type=search]');
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }));
    expect(document.activeElement).toBe(input);
    const typed = new KeyboardEvent('keydown', { key: '/', bubbles: true, cancelable: true });
    input.dispatchEvent(typed);
    expect(typed.defaultPrevented).toBe(false);
  });

  it('narrows by state, host, project and label', async () => {
    await fill([
      ...fleet,
      aContainer({ id: 'd00000000000', name: 'cache', project: 'tools', labels: { tier: 'back' } }),
    ]);
    await page.click('exited');
    expect(names()).toEqual(['web-2']);
    await page.click('exited');
    await page.type('.by-host select', 'borealis');
    expect(names()).toEqual(['db']);
    await page.type('.by-host select', '');
    await page.type('.by-project select', 'tools');
    expect(names()).toEqual(['cache']);
    await page.type('.by-project select', '');
    const label = page.find<HTMLInputElement>('.by-label');
    label.value = ' tier=back ';
    label.dispatchEvent(new Event('change'));
    await page.settle();
    expect(names()).toEqual(['cache']);
  });

  it('keeps what is chosen in the address: a choice is a step back, typing is not', async () => {
    await fill();
    const router = TestBed.inject(Router);
    const go = jest.spyOn(router, 'navigateByUrl');
    await page.type('input[type=search]', 'web');
    await page.settle(300);
    await page.click('exited');
    await sortBy('cpu');
    expect(router.url).toBe('/?q=web&state=exited&sort=-cpu');
    expect(go.mock.calls.map(([, extras]) => extras?.replaceUrl)).toEqual([true, false, false]);
    await router.navigateByUrl('/?q=db');
    await page.settle();
    expect(names()).toEqual(['db']);
    expect(page.find<HTMLInputElement>('input[type=search]').value).toBe('db');
  });

  it('sorts by a column and says so', async () => {
    await fill();
    await sortByCpu();
    expect(names()).toEqual(['db', 'web-1', 'web-2']);
    expect(page.find('th.cpu').getAttribute('aria-sort')).toBe('descending');
    await sortBy('cpu');
    expect(names()).toEqual(['web-1', 'db', 'web-2']);
    expect(page.find('th.cpu').getAttribute('aria-sort')).toBe('ascending');
    expect(page.find('th.name').hasAttribute('aria-sort')).toBe(false);
  });

  it('sorts a new order again as soon as figures that lacked are there', async () => {
    await fill();
    await sortBy('cpu');
    await page.receive({ stats: { t: 5000, cols: COLS, rows: [rows[1]!] } });
    expect(names()).toEqual(['db', 'web-1', 'web-2']);
    await sweep('stats', 6000, ['atlas.a00000000000', 95, 1, 2, 3, 4, 5, 6, 7]);
    await page.settle(1000);
    expect(names()).toEqual(['web-1', 'db', 'web-2']);
    await sweep('stats', 7000, ['atlas.a00000000000', 1, 1, 2, 3, 4, 5, 6, 7]);
    await page.settle(1000);
    expect(names()).toEqual(['web-1', 'db', 'web-2']);
  });

  describe('sorted by what moves', () => {
    const busy = ['atlas.a00000000000', 300, 1, 2, 3, 4, 5, 6, 7];
    beforeEach(async () => {
      await fill();
      await sortByCpu();
    });

    it('lets rows change places only now and then', async () => {
      await sweep('stats', 6000, busy);
      expect(names()[0]).toBe('db');
      await page.settle(6000);
      expect(names()[0]).toBe('web-1');
    });

    it('holds them while somebody points at them, says so, and sorts when asked', async () => {
      page.find('tbody').dispatchEvent(new MouseEvent('pointerenter'));
      await sweep('stats', 6000, busy);
      await page.settle(20_000);
      expect(names()[0]).toBe('db');
      expect(page.find('.held').textContent).toContain('Order held');
      giveUpdate(page.browser, 'containers', { items: [aContainer({ id: 'e00000000000', name: 'a-new-one' })] }, 3);
      await page.settle();
      expect(names()).toEqual(['db', 'web-1', 'web-2', 'a-new-one']);
      await page.click('Order held');
      expect(names()[0]).toBe('web-1');
      page.find('tbody').dispatchEvent(new MouseEvent('pointerleave'));
      await page.settle();
      expect(page.element.querySelector('.held')).toBeNull();
    });

    it('holds them while the keyboard is in them', async () => {
      document.body.append(page.element);
      page.find('tbody a').focus();
      await sweep('stats', 6000, busy);
      await page.settle(20_000);
      expect(names()[0]).toBe('db');
      page.find('tbody a').blur();
      await page.settle(6000);
      expect(names()[0]).toBe('web-1');
    });
  });

  describe('grouped', () => {
    beforeEach(async () => {
      await fill();
      await page.type('.by-group select', 'project');
      await page.receive({ stats: { t: 5000, cols: COLS, rows } });
    });
    const sums = () => page.all('tr[app-group-row] .cpu');

    it('shows each group with its sums, and follows them', async () => {
      expect(names()).toEqual(['shop 1 / 2 running', 'web-1', 'web-2', 'Without a project 1 / 1 running', 'db']);
      expect(sums()).toEqual(['12.3 %', '90.0 %']);
      await sweep('stats', 6000, ['atlas.b00000000000', 30, 1, 2, 3, 4, 5, 6, 7]);
      expect(sums()).toEqual(['42.3 %', '90.0 %']);
    });

    it('closes and opens a group, which stands in the address', async () => {
      await page.click('shop');
      expect(names()).toEqual(['shop 1 / 2 running', 'Without a project 1 / 1 running', 'db']);
      expect(page.find('tr[app-group-row] button').getAttribute('aria-expanded')).toBe('false');
      expect(TestBed.inject(Router).url).toBe('/?group=project&closed=shop');
      await page.click('shop');
      expect(names()).toHaveLength(5);
    });
  });

  describe('by keyboard', () => {
    beforeEach(async () => {
      document.body.append(page.element);
      jest.spyOn(window, 'scrollBy').mockImplementation();
      const many = Array.from({ length: 300 }, (_, index) =>
        aContainer({ id: index.toString(16).padStart(12, '0'), name: `c-${index}` }),
      );
      await fill(many);
    });
    const at = () => document.activeElement?.textContent?.trim();

    it('stops once with Tab in the table, and goes from row to row with arrows and j and k', async () => {
      expect(page.all('tbody [tabindex="0"]')).toEqual(['c-0']);
      await press('j', document.body);
      expect(at()).toBe('c-0');
      await press('ArrowDown');
      await press('j');
      expect(at()).toBe('c-2');
      await press('k');
      await press('ArrowUp');
      expect(at()).toBe('c-0');
      expect(page.all('tbody [tabindex="0"]')).toEqual(['c-0']);
    });

    it('goes to the ends and by pages, drawing what is gone to', async () => {
      page.find('tbody a').focus();
      await press('End');
      expect(at()).toBe('c-299');
      await press('Home');
      expect(at()).toBe('c-0');
      await press('PageDown');
      expect(Number(at()?.slice(2))).toBeGreaterThan(5);
      await press('Escape');
      expect(document.activeElement).toBe(document.body);
    });

    it('stays with its container when another comes in before it', async () => {
      page.find('tbody a').focus();
      await press('ArrowDown');
      giveUpdate(page.browser, 'containers', { items: [aContainer({ id: 'f00000000000', name: 'a-first' })] });
      await page.settle(300);
      expect(names()[0]).toBe('a-first');
      expect(at()).toBe('c-1');
    });

    it('goes from the search into the table', async () => {
      page.find('input[type=search]').focus();
      await press('ArrowDown');
      expect(at()).toBe('c-0');
    });

    it('opens a row at its own address, with what was chosen', async () => {
      const go = jest.spyOn(TestBed.inject(Router), 'navigateByUrl').mockResolvedValue(true);
      const link = page.find<HTMLAnchorElement>('tbody a');
      expect(link.getAttribute('href')).toBe('/containers/atlas/000000000000');
      page.find('tbody td.cpu').click();
      expect(go).toHaveBeenCalledWith('/containers/atlas/000000000000', { scroll: 'manual' });
      link.addEventListener('click', (event) => event.preventDefault());
      link.dispatchEvent(new MouseEvent('click', { ctrlKey: true, bubbles: true, cancelable: true }));
      expect(go).toHaveBeenCalledTimes(1);
    });
  });

  it('shows the columns that are wanted', async () => {
    await fill();
    expect(page.all('thead th')).not.toContain('Image');
    for (const [column, there] of [['Image', true], ['Uptime', false]] as const) {
      const items = [...page.element.querySelectorAll<HTMLElement>('app-column-menu [role=menuitemcheckbox]')];
      items.find((item) => item.textContent?.includes(column))?.click();
      await page.settle();
      expect(page.all('thead th').includes(column)).toBe(there);
    }
    expect(page.all('tbody tr:first-child td')).toHaveLength(page.all('thead th').length);
    await page.click('As usual');
    expect(page.all('thead th')).not.toContain('Image');
  }); // prettier-ignore

  it('draws a thousand rows as a window on them', async () => {
    const items = Array.from({ length: 1000 }, (_, index) => aContainer({ id: index.toString(16).padStart(12, '0') }));
    await page.receive({ containers: { items } });
    expect(names().length).toBeLessThan(80);
    expect(page.find('table').getAttribute('aria-rowcount')).toBe('1001');
  });

  it('says why there is no engine where the containers would be', async () => {
    const engineReason = 'Docker is not running: systemctl start docker';
    await page.receive({ hosts: { items: [aHost({ engine: 'none', engineReason })] }, containers: { items: [] } });
    expect(page.find('ui-empty-state').textContent).toContain(engineReason);
  });

  it('makes figures of a silent host, and all without a connection, look stale', async () => {
    await fill();
    expect(page.element.querySelector('.stale')).toBeNull();
    giveUpdate(page.browser, 'hosts', { items: [aHost({ status: 'stale' })] });
    await page.settle();
    expect(page.all('tr.stale .title')).toEqual(['web-1', 'web-2']);
    page.browser.socket.end(1006);
    await page.settle();
    expect(page.all('tr.stale')).toHaveLength(3);
  });

  it('shows fresh figures by HTTP while there is no connection', async () => {
    await fill();
    const stats = { t: 9000, cpu: 77.7, mem: 1, memLimit: null, rx: 0, tx: 0, rd: 0, wr: 0, pids: 1 };
    const list = (items: object[]) => ({ items, nextCursor: null, total: items.length });
    page.browser.answers = { '/api/v1/containers': list([{ ...fleet[0], stats }]), '/api/v1/hosts': list([aHost()]) };
    page.browser.socket.end(1006);
    await page.settle(1500);
    expect(cell('web-1', 'cpu')).toBe('77.7 %');
    expect(page.element.querySelector('tr.stale')).toBeNull();
  });

  it('says that the gateway does not answer when there was never anything', async () => {
    page.browser.socket.end(1006);
    await page.settle(1000);
    expect(page.text).toContain('The gateway does not answer yet.');
  });

  it('says that the first page is not all there is', async () => {
    page.fixture.destroy();
    TestBed.resetTestingModule();
    const stats = { t: 5000, cpu: 7, mem: 1, memLimit: null, rx: 0, tx: 0, rd: 0, wr: 0, pids: 1 };
    const answers = { '/api/v1/containers': { items: [{ ...fleet[0], stats }], nextCursor: 'x', total: 900 } };
    page = await TestPage.open(Framed, answers);
    expect(cell('web-1', 'cpu')).toBe('7.0 %');
    expect(page.find('.tally').textContent).toContain('900 containers');
    await page.settle(200);
    await fill();
    expect(page.find('.tally').textContent).toContain('3 containers');
  });
});
