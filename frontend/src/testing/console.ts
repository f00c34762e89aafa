import { TestBed } from '@angular/core/testing';
import { BROWSER } from '../app/core/browser.ts';
import { Connection } from '../app/core/connection.ts';
import { FakeBrowser } from './fake-browser.ts';

/** The console's streams over a fake browser, with Jest's virtual time. */
export function setUpConsole(): FakeBrowser {
  jest.useFakeTimers();
  const browser = new FakeBrowser();
  TestBed.configureTestingModule({ providers: [{ provide: BROWSER, useValue: browser }] });
  return browser;
}

/** The same, connected and greeted. */
export function setUpLiveConsole(): FakeBrowser {
  const browser = setUpConsole();
  TestBed.inject(Connection).start();
  browser.socket.welcome();
  return browser;
}

/** Lets microtasks run: coalesced subscriptions, answers by HTTP, effects. */
export async function settle(ms = 0): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
  TestBed.tick();
  await jest.advanceTimersByTimeAsync(0);
}

/** Answers the latest subscription of a topic with a snapshot. */
export function giveSnapshot(browser: FakeBrowser, topic: string, data: object, seq = 1): void {
  const request = browser.socket.sentOf('subscribe').findLast((sent) => (sent['topics'] as string[]).includes(topic));
  const place = { topic, epoch: 'e1', seq };
  browser.socket.say(
    { event: 'subscribed', data: { id: request?.['id'], topics: [{ ...place, recovered: false }], rejected: [] } },
    { event: 'snapshot', data: { ...place, data } },
  );
}

export function giveUpdate(browser: FakeBrowser, topic: string, data: object, seq = 2): void {
  browser.socket.say({ event: 'update', data: { topic, epoch: 'e1', seq, data } });
}
