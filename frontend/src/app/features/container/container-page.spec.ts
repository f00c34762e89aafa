import { Component, inject, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { aContainer, aHost } from '../../../testing/builders.ts';
import { giveUpdate } from '../../../testing/console.ts';
import { FakeFault } from '../../../testing/fake-browser.ts';
import { TestPage } from '../../../testing/page.ts';
import { AlertStore } from '../../core/stores/alert-store.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { ContainerView } from '../containers/container-view.ts';
import { ContainerPage } from './container-page.ts';

/** Canvas and layout are the browser's; what is drawn is told in words as well. */
jest.mock('uplot', () => ({
  __esModule: true,
  default: class {
    cursor = { idx: null };
    setData(): void {}
    setCursor(): void {}
    valToPos = () => 0;
    setSize(): void {}
    destroy(): void {}
  },
}));

const neighbours = ['900000000000', 'a00000000000', 'b00000000000'].map((id) => ({
  kind: 'row',
  container: aContainer({ id }),
}));

@Component({
  selector: 'app-framed',
  imports: [ContainerPage],
  providers: [{ provide: ContainerView, useValue: { entries: signal(neighbours) } }],
  template: '<app-container-page host="atlas" id="a00000000000" />',
})
class Framed {
  constructor() {
    inject(HostStore).feed.watch();
    inject(AlertStore).feed.watch();
    inject(SessionStore).countFeed.watch();
  }
}

const MIB = 2 ** 20;
const COLS = ['cpu', 'mem', 'memLimit', 'rx', 'tx', 'rd', 'wr', 'pids'];
const rowOf = (cpu: number) => ['atlas.a00000000000', cpu, 256 * MIB, 512 * MIB, 1024, 2048, 0, null, 17];
const PATH = '/api/v1/containers/atlas/a00000000000';
const DETAILS = {
  command: 'node main.js',
  ports: [
    { container: 80, protocol: 'tcp', hostIp: '0.0.0.0', hostPort: 8080 },
    { container: 443, protocol: 'tcp', hostIp: '127.0.0.1', hostPort: 8443 },
    { container: 9000, protocol: 'tcp', hostIp: null, hostPort: null },
  ],
  mounts: [{ type: 'volume', source: 'shop-data', target: '/data', readOnly: true }],
  env: ['PATH', 'DB_PASSWORD'],
  networks: ['shop_default'],
  restartPolicy: 'always',
  limits: { cpus: 1.5, memory: 512 * MIB },
  health: { status: 'unhealthy', failingStreak: 3, lastOutput: 'connection refused' },
};
const anEvent = (event: string, over: object = {}) => ({
  t: Date.now() - 5000,
  host: 'atlas',
  id: 'a00000000000',
  name: 'web-1',
  event,
  exitCode: null,
  oomKilled: false,
  demo: false,
  ...over,
});
const HISTORY = '/api/v1/containers/atlas/a00000000000/history';

describe('ContainerPage', () => {
  let page: TestPage<Framed>;
  let t: number;

  beforeAll(() => {
    Object.assign(globalThis, {
      ResizeObserver: class {
        observe(): void {}
        disconnect(): void {}
      },
      matchMedia: () => ({ addEventListener: () => undefined, removeEventListener: () => undefined }),
    });
  });
  beforeEach(async () => {
    page = await TestPage.open(Framed);
    t = Math.floor(Date.now() / 1000) * 1000;
    page.browser.answers[HISTORY] = { series: { cpu: [[t - 5000, 1, 80, 90], [t - 4000, 1, 2, 90]] }, resolutionMs: 1000 }; // prettier-ignore
  });
  afterEach(() => {
    page.fixture.destroy();
    jest.useRealTimers();
  });

  async function fill(over: Parameters<typeof aContainer>[0] = {}): Promise<void> {
    const container = aContainer({ id: 'a00000000000', name: 'web-1', labels: { tier: 'front' }, ...over });
    const stats = { t, cols: COLS, rows: [rowOf(12.34)] };
    await page.receive({ hosts: { items: [aHost()] }, containers: { items: [container] }, 'stats.visible': stats });
    await page.settle(50);
  }
  const chart = (title: string): string =>
    [...page.element.querySelectorAll('ui-time-chart')]
      .map((element) => element.getAttribute('aria-label') ?? '')
      .find((label) => label.startsWith(title))!;

  it('shows what it is and its figures', async () => {
    await fill({ image: 'shop/web:2', restarts: 3, startedAt: Date.now() - 3_600_000 });
    expect(page.all('h1')).toEqual(['web-1']);
    expect(page.text).toContain('Image shop/web:2');
    expect(page.all('.brief div')).toEqual(['Health no check', 'Uptime 1 h', 'Restarts 3', 'Processes 17']);
    expect(page.all('.legend')).toEqual([
      '12.3 % of one core',
      '256 MiB of 512 MiB',
      'in 1.00 KiB/s out 2.00 KiB/s',
      'read 0 B/s write –',
    ]);
    expect(page.all('app-label-list dl div')).toEqual(['tier front']);
  });

  it('goes on live from where the history ends', async () => {
    await fill();
    await page.settle(3000); // the history was away at first
    expect(chart('CPU')).toBe('CPU over the last 15 minutes. CPU: 12.3 %, between 2.0 % and 80.0 %');
    giveUpdate(page.browser, 'stats.visible', { t: t + 1000, cols: COLS, rows: [rowOf(95)] });
    await page.settle();
    expect(chart('CPU')).toContain('CPU: 95.0 %, between 2.0 % and 95.0 %');
    expect(chart('Memory')).toContain('limit: 512 MiB');
  });

  it('does not ask again what was refused', async () => {
    page.browser.answers[HISTORY] = new FakeFault(404, 'no such container');
    page.browser.socket.end(1006);
    await page.settle(2000);
    page.browser.socket.welcome();
    await page.settle();
    const asked = () => page.browser.requests.filter(({ path }) => path.startsWith(HISTORY)).length;
    const first = asked();
    await page.settle(20_000);
    expect(asked()).toBe(first);
  });

  it('asks the history again after a reconnection', async () => {
    await fill();
    const asked = () => page.browser.requests.filter(({ path }) => path.startsWith(HISTORY)).length;
    const before = asked();
    page.browser.socket.end(1006);
    await page.settle(2000);
    page.browser.socket.welcome();
    await page.settle(50);
    expect(asked()).toBe(before + 1);
  });

  it('marks its figures as the last known while the gateway is away', async () => {
    await fill();
    const stale = () => page.element.querySelectorAll('.brief.stale, .charts.stale').length;
    expect(stale()).toBe(0);
    page.browser.socket.end(1006);
    await page.settle();
    expect(stale()).toBe(2);
  });

  describe('with people on it', () => {
    const runsOn = [{ app: 'shop', project: 'shop', service: 'web' }];
    const counted = { active: 312, byApp: { shop: 312 }, runsOn, t: 1 };
    const source = { name: 'shop-ingest', app: 'shop', kind: 'ingest', state: 'following', fault: null, mended: {}, unreadable: { count: 0, latest: [] } }; // prettier-ignore
    const twin = aContainer({ id: 'c00000000000', name: 'web-2' });
    const verdict = () => page.all('app-container-people .verdict');

    it('tells how many a restart would hit now', async () => {
      page.browser.answers['/api/v1/sessions/sources'] = { items: [source] };
      await fill();
      await page.receive({ 'sessions.count': counted });
      expect(verdict()).toEqual(['No 312 people would be hit now, and no other container serves them.']);
      giveUpdate(page.browser, 'containers', { items: [twin] });
      giveUpdate(page.browser, 'sessions.count', { ...counted, byApp: { shop: 300 } });
      await page.settle();
      expect(verdict()).toEqual(['With care up to 300 people would be hit now; 1 other container serves them too.']);
      expect(page.find<HTMLAnchorElement>('app-container-people a').getAttribute('href')).toBe('/sessions?app=shop');
      giveUpdate(page.browser, 'sessions.count', { ...counted, byApp: { shop: 0 } }, 3);
      await page.settle();
      expect(verdict()).toEqual(['Yes nobody is on it now.']);
    });

    it('says when the figure may be old', async () => {
      page.browser.answers['/api/v1/sessions/sources'] = { items: [{ ...source, state: 'away', fault: 'no route' }] };
      await fill();
      await page.receive({ 'sessions.count': counted });
      await page.settle(50);
      expect(page.all('.doubt')).toEqual(['The sessions of shop may be others by now: no route.']);
    });

    it('asks nothing where no app is said to run on it', async () => {
      await fill();
      await page.receive({ 'sessions.count': { ...counted, runsOn: [] } });
      expect(verdict()).toEqual([]);
      expect(page.browser.requests.filter(({ path }) => path.includes('/sessions/sources'))).toEqual([]);
    });

    it('tells how many a failure hit, and looks again when more may have gone', async () => {
      const sessions = { apps: ['shop'], before: 312, gone: 40, withinMs: 10_000 };
      page.browser.answers['/api/v1/events'] = { items: [anEvent('died', { t: Date.now(), sessions })] };
      await fill();
      await page.settle(5000);
      expect(page.all('.people').at(0)).toBe('312 people were on it, 40 gone so far');
      page.browser.answers['/api/v1/events'] = { items: [anEvent('died', { t: Date.now() - 5000, sessions: { ...sessions, gone: 118 } })] }; // prettier-ignore
      await page.settle(10_000);
      expect(page.all('.people').at(0)).toBe('312 people were on it, 118 gone within 10 s');
    });
  });

  it('says what is wrong with it', async () => {
    await fill({ health: 'unhealthy' });
    expect(page.all('.head .badge')).toEqual(['unhealthy']);
  });

  it('reads the charts at a time without a pointer, and now again afterwards', async () => {
    await fill();
    await page.settle(3000);
    const slider = page.find<HTMLInputElement>('input[type=range]');
    expect(slider.getAttribute('aria-valuetext')).toContain('now: CPU 12.3 %');
    slider.valueAsNumber = Number(slider.max) - 5;
    slider.dispatchEvent(new Event('input'));
    await page.settle();
    expect(page.all('.legend')[0]).toBe('80.0 % of one core');
    slider.dispatchEvent(new Event('blur'));
    await page.settle();
    expect(page.all('.legend')[0]).toBe('12.3 % of one core');
  });

  it('shows what the engine knows of it, and names of the environment without values', async () => {
    page.browser.answers[PATH] = { details: DETAILS, detailsReason: null };
    await fill({ health: 'unhealthy' });
    expect(page.all('app-container-facts section:has(#ports) li')).toEqual([
      '80/tcp published as 8080',
      '443/tcp published as 127.0.0.1:8443',
      '9000/tcp not published',
    ]);
    expect(page.all('app-container-facts section:has(#mounts) li')).toEqual(['/data volume shop-data, read-only']);
    expect(page.all('.names li')).toEqual(['PATH', 'DB_PASSWORD']);
    expect(page.text).toContain('Health check unhealthy failed 3 times in a row connection refused');
    expect(page.all('app-container-facts dl div')).toEqual(
      expect.arrayContaining(['Command node main.js', 'Restart policy always', 'Networks shop_default', 'CPU limit 1.5 cores', 'Memory limit 512 MiB']), // prettier-ignore
    );
  });

  it('says why the engine does not tell more', async () => {
    page.browser.answers[PATH] = { details: null, detailsReason: 'The host does not answer.' };
    await fill();
    expect(page.all('.why')).toEqual(['The host does not answer.']);
  });

  it('finds labels when there are many', async () => {
    const labels = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`label.${index}`, `value ${index}`]));
    await fill({ labels });
    await page.type('app-label-list input', 'value 11');
    expect(page.all('app-label-list dl div')).toEqual(['label.11 value 11']);
    expect(page.find('app-label-list').textContent).toContain('1 of 12');
  });

  it('tells what happened to it', async () => {
    page.browser.answers['/api/v1/events'] = { items: [anEvent('died', { exitCode: 1 }), anEvent('started')] };
    await fill();
    await page.settle(5000);
    expect(page.all('app-container-log li')).toEqual(['died with exit code 1 10 s ago', 'started 10 s ago']);
    expect(page.browser.requests.some(({ path }) => path.includes('container=atlas.a00000000000'))).toBe(true);
  });

  it('says when it is gone, with its name and last events', async () => {
    page.browser.answers['/api/v1/events'] = { items: [anEvent('removed')] };
    await page.receive({ hosts: { items: [aHost()] }, containers: { items: [] } });
    await page.settle(5000);
    expect(page.text).toContain('This container is not there any more');
    expect(page.all('h1')).toEqual(['web-1']);
    expect(page.all('app-container-log li')).toEqual(['was removed 10 s ago']);
  });

  describe('beside the table', () => {
    const press = (key: string, target: EventTarget = document) =>
      target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    let went: jest.SpyInstance;
    beforeEach(async () => {
      went = jest.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
      await fill();
    });

    it('closes with Escape, keeping filters, but not while somebody types', () => {
      const input = document.body.appendChild(document.createElement('input'));
      press('Escape', input);
      input.remove();
      expect(went).not.toHaveBeenCalled();
      press('Escape');
      expect(went).toHaveBeenCalledWith(['/containers'], { queryParamsHandling: 'preserve' });
    });

    it.each([
      ['j', 'b00000000000'],
      [']', 'b00000000000'],
      ['k', '900000000000'],
      ['[', '900000000000'],
    ])('goes with %s to the row beside it', (key, id) => {
      press(key);
      expect(went.mock.calls).toEqual([
        [['/containers', 'atlas', id], { queryParamsHandling: 'preserve', replaceUrl: true }],
      ]);
    });

    it('takes the focus and gives it back to the row', async () => {
      document.body.append(page.element);
      const row = document.body.appendChild(document.createElement('a'));
      row.href = '/containers/atlas/a00000000000';
      page.find('app-container-page').focus();
      page.fixture.destroy();
      page.element.remove();
      await page.settle();
      expect(document.activeElement).toBe(row);
      row.remove();
    });
  });
});
