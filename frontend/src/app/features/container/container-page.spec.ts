import { Component, inject } from '@angular/core';
import { aContainer, aHost } from '../../../testing/builders.ts';
import { giveUpdate } from '../../../testing/console.ts';
import { TestPage } from '../../../testing/page.ts';
import { AlertStore } from '../../core/stores/alert-store.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { ContainerPage } from './container-page.ts';

/** Canvas and layout are the browser's; what is drawn is told in words as well. */
jest.mock('uplot', () => ({
  __esModule: true,
  default: class {
    setData(): void {}
    setSize(): void {}
    destroy(): void {}
  },
}));

@Component({
  selector: 'app-framed',
  imports: [ContainerPage],
  template: '<app-container-page host="atlas" id="a00000000000" />',
})
class Framed {
  constructor() {
    inject(HostStore).feed.watch();
    inject(AlertStore).feed.watch();
  }
}

const MIB = 2 ** 20;
const COLS = ['cpu', 'mem', 'memLimit', 'rx', 'tx', 'rd', 'wr', 'pids'];
const rowOf = (cpu: number) => ['atlas.a00000000000', cpu, 256 * MIB, 512 * MIB, 1024, 2048, 0, null, 17];
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
    await page.receive({ hosts: { items: [aHost()] }, containers: { items: [container] }, stats });
    await page.settle(50);
  }
  const chart = (title: string): string =>
    [...page.element.querySelectorAll('ui-time-chart')]
      .map((element) => element.getAttribute('aria-label') ?? '')
      .find((label) => label.startsWith(title))!;

  it('shows what it is and its figures', async () => {
    await fill({ image: 'shop/web:2', restarts: 3 });
    expect(page.all('h1')).toEqual(['web-1']);
    expect(page.text).toContain('Image shop/web:2');
    expect(page.text).toContain('Restarts 3');
    expect(page.all('.legend')).toEqual([
      '12.3 % of one core',
      '256 MiB of 512 MiB',
      'in 1.00 KiB/s out 2.00 KiB/s',
      'read 0 B/s write –',
    ]);
    expect(page.all('.labels div')).toEqual(['tier front']);
  });

  it('goes on live from where the history ends', async () => {
    await fill();
    await page.settle(3000); // the history was away at first
    expect(chart('CPU')).toBe('CPU over the last 15 minutes. CPU: 12.3 %, between 2.0 % and 80.0 %');
    giveUpdate(page.browser, 'stats', { t: t + 1000, cols: COLS, rows: [rowOf(95)] });
    await page.settle();
    expect(chart('CPU')).toContain('CPU: 95.0 %, between 2.0 % and 95.0 %');
    expect(chart('Memory')).toContain('limit: 512 MiB');
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

  it('says what is wrong with it', async () => {
    await fill({ health: 'unhealthy' });
    expect(page.all('.head .badge')).toEqual(['unhealthy']);
  });

  it('says when there is no such container', async () => {
    await page.receive({ hosts: { items: [aHost()] }, containers: { items: [] } });
    expect(page.text).toContain('This container is not there');
  });
});
