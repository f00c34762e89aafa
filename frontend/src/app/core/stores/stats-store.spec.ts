import { Component, inject, signal } from '@angular/core';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { aContainer } from '../../../testing/builders.ts';
import { giveSnapshot, giveUpdate, settle, setUpLiveConsole } from '../../../testing/console.ts';
import { FakeFault, type FakeBrowser } from '../../../testing/fake-browser.ts';
import { ContainerStore } from './container-store.ts';
import { FirstLook } from './first-look.ts';
import { StatsStore, type Wanted } from './stats-store.ts';

const COLS = ['cpu', 'mem', 'memLimit', 'rx', 'tx', 'rd', 'wr', 'pids'];
const figures = (key: string, cpu: number) => [key, cpu, 2, 3, 4, 5, 6, 7, 8];
const past = Array.from({ length: 60 }, (_, index) => index);
const [A, B, C] = ['atlas.a00000000000', 'atlas.b00000000000', 'atlas.c00000000000'] as const;

@Component({ selector: 'app-viewer', template: '' })
class Viewer {
  readonly wanted = signal<Wanted>([A, B]);
  constructor() {
    inject(StatsStore).watch(this.wanted);
  }
}

describe('StatsStore', () => {
  let browser: FakeBrowser;
  let fixture: ComponentFixture<Viewer>;
  let stats: StatsStore;
  const asked = () => browser.socket.sentOf('subscribe').map(({ topics, keys }) => [(topics as string[])[0], keys]);
  const history = () => browser.requests.filter(({ path }) => path.includes('/containers/history'));
  async function want(wanted: Wanted, ms = 0): Promise<void> {
    fixture.componentInstance.wanted.set(wanted);
    await settle(ms);
  }
  function snapshot(topic: string, t: number, ...rows: unknown[][]): void {
    giveSnapshot(browser, topic, { t, cols: COLS, rows });
    browser.paint();
  }

  beforeEach(async () => {
    browser = setUpLiveConsole();
    const series = { [A]: past, [C]: past };
    browser.answers = { '/api/v1/containers/history': { metric: 'cpu', from: 40_000, resolutionMs: 1000, series } };
    stats = TestBed.inject(StatsStore);
    fixture = TestBed.createComponent(Viewer);
    await settle();
  });
  afterEach(() => {
    fixture.destroy();
    jest.useRealTimers();
  });

  it('asks for the rows on screen, and for others as they change, a few times a second at most', async () => {
    expect(asked()).toEqual([['stats.visible', [A, B]]]);
    await want([B]);
    await want([B, C], 50);
    expect(asked()).toHaveLength(1);
    await settle(100);
    expect(asked()).toEqual([
      ['stats.visible', [A, B]],
      ['stats.visible', [B, C]],
    ]);
  });

  it('asks for at most a thousand', async () => {
    await want(
      Array.from({ length: 1200 }, (_, index) => `atlas.${index}`),
      200,
    );
    expect((asked().at(-1)?.[1] as string[]).length).toBe(1000);
  });

  it('knows the minute before from the history, and goes on without a gap when rows come and go', async () => {
    snapshot('stats.visible', 100_000, figures(A, 70), figures(B, 1));
    await want([A, C], 400);
    expect(history().map(({ path }) => path.split('keys=')[1])).toEqual([`${A},${B}`, C]);
    await settle(1000);
    snapshot('stats.visible', 101_000, figures(A, 71), figures(C, 72));
    expect([...stats.trail(C, 'cpu')]).toEqual([...past.slice(2), 59, 72]);
    expect([...stats.trail(A, 'cpu').slice(-2)]).toEqual([70, 71]);
    expect(stats.figure(B, 'cpu')).toBeNull();
  });

  it('keeps a past that came before the figures, though a snapshot of the keys before comes in between', async () => {
    snapshot('stats.visible', 99_000, figures(A, 70));
    await want([A, C], 400);
    snapshot('stats.visible', 99_500, figures(A, 71));
    snapshot('stats.visible', 100_000, figures(A, 71), figures(C, 72));
    expect([...stats.trail(C, 'cpu').slice(-3)]).toEqual([58, 59, 72]);
    snapshot('stats.visible', 101_000, figures(A, 71));
    expect([...stats.trail(C, 'cpu')].every(Number.isNaN)).toBe(true);
  });

  it('asks the history again after the connection was lost', async () => {
    snapshot('stats.visible', 100_000, figures(A, 70));
    const before = history().length;
    browser.socket.end(1006);
    await settle(30_000);
    browser.socket.welcome({ connection: 'c2' });
    await settle();
    snapshot('stats.visible', 130_000, figures(A, 71));
    await settle();
    expect(history().length).toBe(before + 1);
  });

  it('takes all while somebody needs all, and only then', async () => {
    await want('all');
    expect(asked().at(-1)?.[0]).toBe('stats');
    await settle(3000);
    expect(browser.socket.sentOf('unsubscribe').map(({ topics }) => topics)).toEqual([['stats.visible']]);
    snapshot('stats', 5000, figures(A, 1), figures(B, 2), figures(C, 3));
    expect(stats.sums([A, B, 'atlas.x'])).toMatchObject({ cpu: 3, pids: 16 });
    expect(stats.sums([]).cpu).toBeNull();
    await want([A]);
    await settle(3000);
    expect(asked().at(-1)).toEqual(['stats.visible', [A]]);
    expect(browser.socket.sentOf('unsubscribe').at(-1)?.['topics']).toEqual(['stats']);
    expect(stats.feed.status().kind).toBe('waiting');
  });

  it('carries an unchanged row on', () => {
    snapshot('stats.visible', 100_000, figures(A, 70), figures(B, 1));
    giveUpdate(browser, 'stats.visible', { t: 103_000, cols: COLS, rows: [figures(B, 5)] });
    browser.paint();
    expect([...stats.trail(A, 'cpu').slice(-4)]).toEqual([70, 70, 70, 70]);
    expect([...stats.trail(B, 'cpu').slice(-4)]).toEqual([1, 1, 1, 5]);
  });

  it('ends with its last viewer', async () => {
    fixture.destroy();
    await settle(3000);
    expect(browser.socket.sentOf('unsubscribe').map(({ topics }) => topics)).toEqual([['stats.visible']]);
  });
});

describe('FirstLook', () => {
  let browser: FakeBrowser;
  const take = (terms: Record<string, string> | null) => {
    const seen: unknown[] = [];
    TestBed.inject(FirstLook)
      .take(terms)
      .subscribe((value) => seen.push(value));
    return seen;
  };
  const first = aContainer({ id: 'a00000000000' });
  beforeEach(() => (browser = setUpLiveConsole()));
  afterEach(() => jest.useRealTimers());

  it('shows the first page with its figures, and says so when it is drawn', async () => {
    const stats = { t: 5000, cpu: 12, mem: 3, memLimit: null };
    browser.answers = { '/api/v1/containers': { items: [{ ...first, stats }], nextCursor: 'x', total: 900 } };
    const seen = take({ sort: 'cpu', order: 'desc' });
    await settle();
    expect(browser.requests[0]?.path).toBe('/api/v1/containers?limit=50&sort=cpu&order=desc');
    expect(seen).toEqual([]);
    browser.paint();
    await settle(200);
    expect(seen).toEqual([null]);
    const containers = TestBed.inject(ContainerStore);
    expect([containers.containers().length, containers.partOf()]).toEqual([1, 900]);
    expect(TestBed.inject(StatsStore).figure(A, 'cpu')).toBe(12);
  });

  it.each([new FakeFault(503, 'away'), { items: 'junk' }, { items: [], total: 0 }])('stands in nobody’s way: %j', async (answer) => {
    browser.answers = { '/api/v1/containers': answer };
    const seen = take({});
    await settle();
    browser.paint();
    await settle(200);
    expect(seen).toEqual([null]);
    expect(TestBed.inject(ContainerStore).feed.loaded()).toBe(false);
  }); // prettier-ignore

  it('is not taken where no page by HTTP would fit', () => {
    expect(take(null)).toEqual([null]);
    expect(browser.requests).toEqual([]);
  });
});
