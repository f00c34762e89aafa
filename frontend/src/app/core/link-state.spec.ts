import { Component, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { aHost } from '../../testing/builders.ts';
import { giveSnapshot, settle, setUpLiveConsole } from '../../testing/console.ts';
import type { FakeBrowser } from '../../testing/fake-browser.ts';
import { LinkState } from './link-state.ts';
import { HostStore } from './stores/host-store.ts';
import { StatsStore } from './stores/stats-store.ts';

@Component({ template: '' })
class Viewer {
  constructor() {
    inject(HostStore).feed.watch();
    inject(StatsStore).feed.watch();
  }
}

describe('the state of the link', () => {
  let browser: FakeBrowser;
  let link: LinkState;
  const list = (items: object[]) => ({ items, nextCursor: null, total: items.length });

  beforeEach(async () => {
    browser = setUpLiveConsole();
    TestBed.createComponent(Viewer);
    link = TestBed.inject(LinkState);
    await settle();
    giveSnapshot(browser, 'hosts', { items: [aHost()] });
    browser.paint();
  });
  afterEach(() => jest.useRealTimers());

  it('is live, without an age, however long nothing changes', async () => {
    await settle(20_000);
    expect([link.link().text, link.age(), link.stale()]).toEqual(['Live', '', false]);
    expect(link.isHostStale('atlas')).toBe(false);
  });

  it('counts down to the next attempt', async () => {
    browser.chance = 1;
    for (let failure = 0; failure < 3; failure += 1) {
      browser.socket.end(1006);
      if (failure < 2) await settle(10_000);
    }
    expect(link.link()).toEqual({ tone: 'warn', text: 'Reconnecting in 2 s', canRetry: true });
    await settle(1000);
    expect(link.link().text).toBe('Reconnecting in 1 s');
  });

  it('is stale, with its age, when a lost connection is more than a blink and HTTP does not answer either', async () => {
    browser.online = false;
    browser.socket.end(1006);
    await settle(2000);
    expect([link.stale(), link.age()]).toEqual([false, '2 s']);
    await settle(2000);
    expect([link.stale(), link.age()]).toEqual([true, '4 s']);
    expect(link.isHostStale('atlas')).toBe(true);
  });

  it('is not stale while HTTP answers, whose figures have an age', async () => {
    browser.answers = { '/api/v1/hosts': list([aHost()]) };
    browser.socket.end(4403);
    await settle(4000);
    expect([link.polling(), link.stale(), link.age()]).toEqual([true, false, '3 s']);
    browser.answers = {};
    await settle(20_000);
    expect([link.polling(), link.stale()]).toEqual([false, true]);
  });

  it('tells figures that are switched off from a connection that is lost', async () => {
    const rejected = [{ topic: 'stats', code: 'disabled', message: 'off' }];
    browser.socket.say({ event: 'subscribed', data: { id: 2, topics: [], rejected } });
    await settle();
    expect([link.withheld(), link.link().text, link.stale()]).toEqual([true, 'Live', false]);
  });

  it('is fresh again with the first frame of a new connection', async () => {
    browser.online = false;
    browser.socket.end(1006);
    await settle(5000);
    expect(link.stale()).toBe(true);
    browser.online = true;
    browser.back$.next('online');
    browser.socket.welcome();
    await settle();
    expect([link.stale(), link.age()]).toEqual([false, '']);
  });
});
