import { TestBed } from '@angular/core/testing';
import type { Subscription } from 'rxjs';
import { giveSnapshot, settle, setUpConsole } from '../../testing/console.ts';
import { FakeFault, type FakeBrowser } from '../../testing/fake-browser.ts';
import { Connection } from './connection.ts';
import { HttpFallback } from './http-fallback.ts';
import type { TopicMessage } from './topic-entry.ts';
import { Topics } from './topics.ts';

const page = (items: unknown[]) => ({ items, nextCursor: null, total: items.length });

describe('HttpFallback', () => {
  let browser: FakeBrowser;
  let viewings: Subscription[];

  beforeEach(() => {
    browser = setUpConsole();
    viewings = [];
    browser.answers = {
      '/api/v1/hosts': page([{ key: 'atlas', status: 'up' }]),
      '/api/v1/containers': page([
        { key: 'atlas.a', name: 'a', stats: { t: 5000, cpu: 12, mem: 3, memLimit: null } },
        { key: 'atlas.b', name: 'b', stats: null },
      ]),
      '/api/v1/sessions/count': { active: 3, byApp: { shop: 3 }, t: 1 },
    };
    TestBed.inject(Connection).start();
  });
  afterEach(() => {
    for (const viewing of viewings) viewing.unsubscribe();
    jest.useRealTimers();
  });

  function watch(topic: string): TopicMessage[] {
    const messages: TopicMessage[] = [];
    viewings.push(TestBed.inject(Topics).topic$(topic).subscribe());
    viewings.push(
      TestBed.inject(HttpFallback)
        .snapshots$(topic)
        .subscribe((message) => messages.push(message)),
    );
    return messages;
  }

  it('asks for nothing while the connection is live', async () => {
    browser.socket.welcome();
    watch('hosts');
    await settle(20_000);
    expect(browser.requests).toEqual([]);
  });

  it('asks within 5 s when there is no connection from the start, and again every 5 s', async () => {
    const messages = watch('hosts');
    await settle();
    browser.socket.end(1006);
    await settle(4900);
    expect(messages).toEqual([{ kind: 'snapshot', data: { items: [{ key: 'atlas', status: 'up' }] } }]);
    await settle(5000);
    expect(messages).toHaveLength(2);
  });

  it('starts when a live connection is lost and stops when it is back', async () => {
    browser.socket.welcome();
    const messages = watch('hosts');
    await settle(1000);
    browser.chance = 0.999;
    browser.socket.end(1006);
    await settle(4500);
    expect(messages.length).toBeGreaterThan(0);
    browser.socket.welcome();
    await settle();
    const before = browser.requests.length;
    await settle(20_000);
    expect(browser.requests).toHaveLength(before);
  });

  it('stands in for a topic that is switched off while the others stay live', async () => {
    browser.socket.welcome();
    const stats = watch('stats');
    const hosts = watch('hosts');
    await settle();
    giveSnapshot(browser, 'hosts', { items: [] });
    const rejected = [{ topic: 'stats', code: 'disabled', message: 'off' }];
    browser.socket.say({ event: 'subscribed', data: { id: 1, topics: [], rejected } });
    await settle(1500);
    expect(hosts).toEqual([]);
    expect(stats).toEqual([
      {
        kind: 'snapshot',
        data: {
          t: 5000,
          cols: ['cpu', 'mem', 'memLimit', 'rx', 'tx', 'rd', 'wr', 'pids'],
          rows: [['atlas.a', 12, 3, null, null, null, null, null, null]],
        },
      },
    ]);
  });

  it('asks once for inventory and figures', async () => {
    const inventory = watch('containers');
    const stats = watch('stats');
    await settle(1500);
    expect(browser.requests).toEqual([{ path: '/api/v1/containers?limit=500', method: 'GET' }]);
    expect([inventory.length, stats.length]).toEqual([1, 1]);
  });

  it('reads all pages of a list', async () => {
    browser.answers['/api/v1/hosts'] = { items: [{ key: 'x' }], nextCursor: 'next', total: 20 };
    const messages = watch('hosts');
    await settle(1500);
    expect(browser.requests).toHaveLength(20);
    expect(browser.requests[1]?.path).toBe('/api/v1/hosts?limit=500&cursor=next');
    expect(messages[0]?.data['items']).toHaveLength(20);
  });

  it('lives with faults and says whether HTTP answers', async () => {
    const fallback = TestBed.inject(HttpFallback);
    browser.answers['/api/v1/hosts'] = new FakeFault(503, 'collector is away');
    const messages = watch('hosts');
    await settle(1500);
    expect(messages).toEqual([]);
    expect(fallback.answeredAt()).toBeNull();
    browser.answers['/api/v1/hosts'] = page([]);
    await settle(5000);
    expect(messages).toHaveLength(1);
    expect(fallback.answeredAt()).not.toBeNull();
  });

  it('rests while the tab is hidden and asks at once when it is seen again', async () => {
    browser.visible = false;
    watch('hosts');
    await settle(20_000);
    expect(browser.requests).toEqual([]);
    browser.visible = true;
    browser.back$.next('visible');
    await settle();
    expect(browser.requests).toHaveLength(1);
  });
});
