import { Component, inject } from '@angular/core';
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
  const cells = (row: number) => page.all(`tbody tr:nth-of-type(${row + 1}) td`);

  beforeEach(async () => {
    page = await TestPage.open(Framed);
  });
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });
  async function fill(): Promise<void> {
    const hosts = [aHost(), aHost({ host: 'borealis', key: 'borealis', demo: true })];
    await page.receive({ hosts: { items: hosts }, containers: { items: fleet }, stats: { t: 5000, cols: COLS, rows } });
  }

  it('says that it is loading until the inventory is there', async () => {
    expect(page.find('[role=status]').getAttribute('aria-label')).toBe('Loading containers');
    await fill();
    expect(names()).toEqual(['db', 'web-1', 'web-2']);
  });

  it('shows each figure in its unit and what is not known as a dash', async () => {
    await fill();
    expect(cells(1).slice(2, 10)).toEqual([
      'atlas',
      '12.3 %',
      '256 MiB / 512 MiB',
      '1.00 KiB/s',
      '2.00 KiB/s',
      '0 B/s',
      '–',
      '17',
    ]);
    expect(cells(2).slice(3, 5)).toEqual(['–', '–']);
  });

  it('moves with every sweep', async () => {
    await fill();
    giveUpdate(page.browser, 'stats', {
      t: 6000,
      cols: COLS,
      rows: [['atlas.a00000000000', 55.5, 1, 2, 3, 4, 5, 6, 7]],
    });
    await page.settle();
    expect(cells(1)[3]).toBe('55.5 %');
  });

  it('tells state and health by more than colour', async () => {
    await fill();
    expect(cells(1)[0]).toContain('running, healthy');
    expect(cells(2)[0]).toContain('exit 1');
    expect(cells(0)[0]).toContain('demo');
  });

  it('finds as one types and offers a way back from nothing', async () => {
    await fill();
    await page.type('input[type=search]', 'web-');
    expect(names()).toEqual(['web-1', 'web-2']);
    expect(page.find('.tally').textContent).toContain('2 of 3');
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

  it('narrows by state and by host', async () => {
    await fill();
    await page.click('exited');
    expect(names()).toEqual(['web-2']);
    await page.click('exited');
    await page.type('select', 'borealis');
    expect(names()).toEqual(['db']);
  });

  it('sorts by a column and says so', async () => {
    await fill();
    await page.click('CPU');
    expect(names()).toEqual(['db', 'web-1', 'web-2']);
    expect(page.find('th.cpu').getAttribute('aria-sort')).toBe('descending');
    await page.click('CPU');
    expect(names()).toEqual(['web-1', 'db', 'web-2']);
    expect(page.find('th.cpu').getAttribute('aria-sort')).toBe('ascending');
    expect(page.find('th.name').hasAttribute('aria-sort')).toBe(false);
  });

  it('lets rows change places by their figures only now and then, and never under the pointer', async () => {
    await fill();
    await page.click('CPU');
    const swap = [['atlas.a00000000000', 300, 1, 2, 3, 4, 5, 6, 7]];
    giveUpdate(page.browser, 'stats', { t: 6000, cols: COLS, rows: swap });
    await page.settle();
    expect(names()[0]).toBe('db');
    page.find('table').dispatchEvent(new MouseEvent('mouseenter'));
    await page.settle(6000);
    expect(names()[0]).toBe('db');
    page.find('table').dispatchEvent(new MouseEvent('mouseleave'));
    await page.settle(3000);
    expect(names()[0]).toBe('web-1');
  });

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
    expect(cells(0)[3]).toBe('77.7 %');
    expect(page.element.querySelector('tr.stale')).toBeNull();
  });

  it('says that the gateway does not answer when there was never anything', async () => {
    page.browser.socket.end(1006);
    await page.settle(1000);
    expect(page.text).toContain('The gateway does not answer yet.');
  });
});
