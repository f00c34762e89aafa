import { Component, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { aContainer, aHost, anAlert, aSessionEvent } from '../../../testing/builders.ts';
import { giveSnapshot, giveUpdate, settle, setUpLiveConsole } from '../../../testing/console.ts';
import type { FakeBrowser } from '../../../testing/fake-browser.ts';
import { AlertStore } from './alert-store.ts';
import { ContainerStore } from './container-store.ts';
import { HostStore } from './host-store.ts';
import { SessionStore } from './session-store.ts';
import { StatsStore } from './stats-store.ts';
import { SystemStore } from './system-store.ts';

@Component({ selector: 'app-viewer', template: '' })
class Viewer {
  constructor() {
    inject(AlertStore).feed.watch();
    inject(ContainerStore).feed.watch();
    inject(HostStore).feed.watch();
    inject(StatsStore).feed.watch();
    inject(SystemStore).feed.watch();
    inject(SessionStore).countFeed.watch();
    inject(SessionStore).eventFeed.watch();
  }
}

const COLS = ['cpu', 'mem', 'memLimit', 'rx', 'tx', 'rd', 'wr', 'pids'];

describe('the stores', () => {
  let browser: FakeBrowser;
  let seq = 10;
  const get = <T>(type: abstract new (...args: never[]) => T): T => TestBed.inject(type);
  function event(topic: string, data: object): void {
    browser.socket.say({ event: 'event', data: { topic, epoch: 'e1', seq: seq + 1, prev: seq, data } });
    seq += 1;
    browser.paint();
  }
  function snapshot(topic: string, data: object): void {
    giveSnapshot(browser, topic, data, seq);
    browser.paint();
  }
  function update(topic: string, data: object): void {
    giveUpdate(browser, topic, data);
    browser.paint();
  }

  beforeEach(async () => {
    browser = setUpLiveConsole();
    TestBed.createComponent(Viewer);
    await settle();
  });
  afterEach(() => jest.useRealTimers());

  it('ask for their topics together, and end them when the last viewer has left', async () => {
    const topics = ['alerts', 'containers', 'hosts', 'stats', 'system', 'sessions.count', 'sessions.events'];
    expect(browser.socket.sentOf('subscribe')).toMatchObject([{ topics }]);
    TestBed.resetTestingModule();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(browser.socket.closed).toBe(true);
  });

  it('show what came in a frame only when it is drawn', () => {
    expect(get(HostStore).hosts()).toEqual([]);
    giveSnapshot(browser, 'hosts', { items: [aHost()] });
    expect(get(HostStore).hosts()).toEqual([]);
    browser.paint();
    expect(get(HostStore).hosts()).toHaveLength(1);
    expect(get(HostStore).feed.freshness()).toEqual({ source: 'live', at: Date.now() });
  });

  it('keep hosts by key, real ones before demos', () => {
    snapshot('hosts', {
      items: [aHost({ host: 'b' }), aHost({ host: 'a', key: 'a', demo: true }), aHost({ host: 'c' })],
    });
    expect(
      get(HostStore)
        .hosts()
        .map(({ key }) => key),
    ).toEqual(['b', 'c', 'a']);
    update('hosts', { items: [{ key: 'b', removed: true }, aHost({ host: 'c', cpuPercent: 99 })] });
    expect(
      get(HostStore)
        .hosts()
        .map(({ key, cpuPercent }) => [key, cpuPercent]),
    ).toEqual([
      ['c', 99],
      ['a', 20],
    ]);
  });

  it('keep the containers and leave out items that are none', () => {
    snapshot('containers', { items: [aContainer(), null, 7, { key: 'x' }, { key: 'atlas.b', name: 5 }] });
    expect(get(ContainerStore).containers()).toHaveLength(1);
    update('containers', { items: [aContainer({ id: 'b00000000000', state: 'paused' })] });
    expect(get(ContainerStore).get('atlas.b00000000000')?.state).toBe('paused');
    snapshot('containers', { items: [] });
    expect(get(ContainerStore).containers()).toEqual([]);
  });

  it('keep figures by container, whatever the order of the columns', () => {
    snapshot('stats', { t: 5000, cols: ['mem', 'later', 'cpu'], rows: [['atlas.a', 100, 1, 12]] });
    expect(get(StatsStore).figure('atlas.a', 'cpu')).toBe(12);
    expect(get(StatsStore).figure('atlas.a', 'rx')).toBeNull();
    update('stats', { t: 6000, cols: COLS, rows: [['atlas.b', 1, 2, 3, 4, 5, 6, 7, 8], ['atlas.a'], 'junk', [1, 2]] });
    expect(get(StatsStore).figure('atlas.a', 'cpu')).toBeNull();
    expect(get(StatsStore).figure('atlas.b', 'pids')).toBe(8);
    expect(get(StatsStore).t()).toBe(6000);
  });

  it('forget with a snapshot of figures whoever is not in it', () => {
    snapshot('stats', {
      t: 5000,
      cols: COLS,
      rows: [
        ['atlas.a', 1],
        ['atlas.b', 1, 2, 3, 4, 5, 6, 7, 8],
      ],
    });
    snapshot('stats', { t: 6000, cols: COLS, rows: [['atlas.a', 2, 2, 3, 4, 5, 6, 7, 8]] });
    expect(get(StatsStore).figure('atlas.b', 'cpu')).toBeNull();
    expect(get(StatsStore).figure('atlas.a', 'cpu')).toBe(2);
  });

  it('count sessions and keep the latest events, newest first', () => {
    snapshot('sessions.count', { active: 4, byApp: { shop: 4, odd: 'x' }, t: 1 });
    expect(get(SessionStore).count()).toMatchObject({ active: 4, byApp: { shop: 4 } });
    const heard: string[] = [];
    get(SessionStore).arrivals$.subscribe(({ id }) => heard.push(id));
    snapshot('sessions.events', { items: [aSessionEvent({ id: 'old', t: 1 }), aSessionEvent({ id: 'older', t: 0 })] });
    event('sessions.events', aSessionEvent({ id: 'new' }));
    event('sessions.events', aSessionEvent({ id: 'alive', event: 'updated' }));
    event('sessions.events', { nonsense: true });
    expect(
      get(SessionStore)
        .events()
        .map(({ id }) => id),
    ).toEqual(['new', 'old', 'older']);
    expect(heard).toEqual(['new', 'alive']);
    for (let index = 0; index < 80; index += 1) event('sessions.events', aSessionEvent({ id: `e${index}` }));
    expect(get(SessionStore).events()).toHaveLength(50);
  });

  it('keep alerts until they are resolved, the worst first', () => {
    snapshot('alerts', {
      items: [
        anAlert({ id: 'pending', state: 'pending', severity: 'critical' }),
        anAlert({ id: 'warning' }),
        anAlert({ id: 'critical', severity: 'critical' }),
      ],
    });
    const ids = () =>
      get(AlertStore)
        .active()
        .map(({ id }) => id);
    expect(ids()).toEqual(['critical', 'warning', 'pending']);
    expect(get(AlertStore).firing()).toHaveLength(2);
    event('alerts', anAlert({ id: 'critical', state: 'resolved', seq: 2 }));
    expect(ids()).toEqual(['warning', 'pending']);
    expect(get(AlertStore).recent()).toHaveLength(1);
  });

  it('say what of Deckwatch itself is down', () => {
    snapshot('system', {
      items: [
        {
          key: 'service.alerts.1',
          kind: 'service',
          service: 'alerts',
          status: 'degraded',
          parts: { redis: 'connection refused' },
        },
        { key: 'service.history.1', kind: 'service', service: 'history', status: 'up', parts: {} },
        { key: 'broker.nats', kind: 'broker', name: 'nats', status: 'down', reason: null, t: 1 },
      ],
    });
    expect(get(SystemStore).faults()).toEqual(['alerts is not ready: connection refused', 'nats is down']);
  });
});
