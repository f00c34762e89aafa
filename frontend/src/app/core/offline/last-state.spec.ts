import { TestBed } from '@angular/core/testing';
import { aContainer, aHost } from '../../../testing/builders.ts';
import { giveSnapshot, settle, setUpConsole } from '../../../testing/console.ts';
import { FakeFault, type FakeBrowser } from '../../../testing/fake-browser.ts';
import { Connection } from '../connection.ts';
import { ContainerStore } from '../stores/container-store.ts';
import { HostStore } from '../stores/host-store.ts';
import { readKept } from './kept-state.ts';
import { LastState } from './last-state.ts';
import { SHELF, type Shelf } from './shelf.ts';

class FakeShelf implements Shelf {
  value: unknown;
  writes = 0;
  put(value: unknown): Promise<void> {
    this.writes += 1;
    this.value = JSON.parse(JSON.stringify(value)) as unknown;
    return Promise.resolve();
  }
  take(): Promise<unknown> {
    return Promise.resolve(this.value);
  }
  clear(): Promise<void> {
    this.value = undefined;
    return Promise.resolve();
  }
}

describe('the last state', () => {
  let browser: FakeBrowser;
  let shelf: FakeShelf;
  beforeEach(() => {
    browser = setUpConsole();
    shelf = new FakeShelf();
    TestBed.configureTestingModule({ providers: [{ provide: SHELF, useValue: shelf }] });
  });
  afterEach(() => jest.useRealTimers());

  function start(): { hosts: HostStore; containers: ContainerStore } {
    const [hosts, containers] = [TestBed.inject(HostStore), TestBed.inject(ContainerStore)];
    TestBed.runInInjectionContext(() => {
      hosts.feed.watch();
      containers.feed.watch();
    });
    TestBed.inject(Connection).start();
    TestBed.inject(LastState).start();
    return { hosts, containers };
  }
  async function beLive(): Promise<void> {
    browser.socket.welcome();
    await settle();
    giveSnapshot(browser, 'hosts', { items: [aHost()] });
    giveSnapshot(browser, 'containers', { items: [aContainer()] });
    browser.paint();
    await settle();
  }

  it('is kept when the tab is hidden, and from time to time while it is live', async () => {
    start();
    await beLive();
    browser.hidden$.next();
    await settle();
    expect(readKept(shelf.value, Date.now())?.topics).toMatchObject({
      hosts: { items: [{}] },
      containers: { items: [{}] },
    });
    await settle(30_000);
    expect(shelf.writes).toBe(2);
  });

  it('is shown with its age when nothing answers, and replaced by what does', async () => {
    const at = Date.now() - 180_000;
    shelf.value = { version: 1, at, topics: { hosts: { items: [aHost({ key: 'old' }), aHost({ key: 'gone' })] } } };
    const { hosts } = start();
    await settle(1400);
    expect(hosts.hosts()).toEqual([]);
    await settle(200);
    browser.paint();
    expect(hosts.hosts().map(({ key }) => key)).toEqual(['gone', 'old']);
    expect(hosts.feed.freshness()).toEqual({ source: 'stored', at });
    await beLive();
    browser.paint();
    expect(hosts.hosts()).toHaveLength(1);
    expect(hosts.feed.freshness().source).toBe('live');
  });

  it('is not written over while nothing is live', async () => {
    shelf.value = { version: 1, at: Date.now(), topics: {} };
    start();
    browser.hidden$.next();
    await settle(31_000);
    expect(shelf.writes).toBe(0);
  });

  it('is gone when the user signs out', async () => {
    start();
    await beLive();
    browser.hidden$.next();
    await settle();
    expect(shelf.value).toBeDefined();
    browser.answers = { '/api/v1/auth/refresh': new FakeFault(401, 'sign in again'), '/api/v1/auth/logout': null };
    const { Auth } = await import('../auth.ts');
    await TestBed.inject(Auth).logout();
    await settle();
    expect(shelf.value).toBeUndefined();
  });
});

describe('what was stored', () => {
  it.each([
    ['nothing', undefined],
    ['another version', { version: 2, at: 5, topics: {} }],
    ['from the future', { version: 1, at: 50, topics: {} }],
    ['older than a week', { version: 1, at: 10 - 8 * 86_400_000, topics: {} }],
    ['something else', 'x'],
  ])('is of no use when it is %s', (_, stored) => {
    expect(readKept(stored, 10)).toBeNull();
  });

  it('is taken topic by topic, those that are known', () => {
    const topics = { hosts: { items: [] }, nonsense: {}, alerts: 7 };
    expect(readKept({ version: 1, at: 5, topics }, 10)?.topics).toEqual({ hosts: { items: [] } });
  });
});
