import { TestBed } from '@angular/core/testing';
import { setUpConsole } from '../../testing/console.ts';
import type { FakeBrowser } from '../../testing/fake-browser.ts';
import { Connection } from './connection.ts';

describe('Connection', () => {
  let browser: FakeBrowser;
  let connection: Connection;
  const kind = () => connection.state().kind;

  beforeEach(() => {
    browser = setUpConsole();
    connection = TestBed.inject(Connection);
    connection.start();
  });
  afterEach(() => jest.useRealTimers());

  it('says hello first and is live when it is welcomed', () => {
    expect(kind()).toBe('connecting');
    browser.socket.open();
    const data = { protocol: 1, batch: true, console: expect.stringMatching(/^[0-9a-f]{24}$/) };
    expect(browser.socket.sent).toEqual([{ event: 'hello', data }]);
    expect(kind()).toBe('connecting');
    browser.socket.welcome();
    expect(kind()).toBe('live');
  });

  it('opens one socket however often it is started', () => {
    connection.start();
    connection.start();
    expect(browser.sockets).toHaveLength(1);
  });

  it('knows how far the clocks are apart', () => {
    browser.socket.welcome({ t: Date.now() + 90_000 });
    expect(connection.skewMs()).toBe(90_000);
  });

  it('comes back with a back-off that grows, and says when', () => {
    browser.socket.end(1006);
    expect(connection.state()).toMatchObject({ kind: 'reconnecting', attempt: 1, at: Date.now() + 500 });
    jest.advanceTimersByTime(499);
    expect(browser.sockets).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(browser.sockets).toHaveLength(2);
    browser.socket.end(1006);
    expect(connection.state()).toMatchObject({ kind: 'reconnecting', attempt: 2, at: Date.now() + 1000 });
  });

  it('takes the shorter wait only after a connection that held', () => {
    for (let round = 0; round < 4; round += 1) {
      browser.socket.welcome();
      browser.socket.end(4009);
      connection.reconnectNow();
    }
    browser.socket.welcome();
    jest.advanceTimersByTime(9000);
    browser.socket.end(4009);
    expect(connection.state()).toMatchObject({ attempt: 5 });
    connection.reconnectNow();
    browser.socket.welcome();
    jest.advanceTimersByTime(10_000);
    browser.socket.end(4009);
    expect(connection.state()).toMatchObject({ attempt: 1 });
  });

  it('is the same console after a restart of the gateway, and another after every other end', () => {
    const keyOf = () => (browser.socket.sent[0]!.data as { console: string }).console;
    const next = (code: number) => {
      browser.socket.end(code);
      connection.reconnectNow();
      browser.socket.open();
      return keyOf();
    };
    browser.socket.open();
    const first = keyOf();
    expect(next(4009)).toBe(first);
    const second = next(1006);
    expect(second).not.toBe(first);
    expect(next(4009)).toBe(second);
  });

  it.each(['online', 'visible', 'awake'] as const)('comes back at once when the page is %s again', (back) => {
    browser.socket.end(1006);
    browser.back$.next(back);
    expect(browser.sockets).toHaveLength(2);
  });

  it('comes back at once when it is asked to, and only once', () => {
    browser.socket.end(1006);
    connection.reconnectNow();
    connection.reconnectNow();
    expect(browser.sockets).toHaveLength(2);
    jest.advanceTimersByTime(5000);
    expect(browser.sockets).toHaveLength(2);
  });

  it('is offline without a network and still tries', () => {
    browser.online = false;
    browser.socket.end(1006);
    expect(kind()).toBe('offline');
    jest.advanceTimersByTime(500);
    expect(browser.sockets).toHaveLength(2);
  });

  it('gives a silent socket up after two heartbeats', () => {
    browser.socket.welcome({ heartbeatMs: 15_000 });
    jest.advanceTimersByTime(29_999);
    expect(kind()).toBe('live');
    jest.advanceTimersByTime(1);
    expect(kind()).toBe('reconnecting');
    expect(browser.sockets[0]?.closed).toBe(true);
  });

  it('counts any frame as life', () => {
    browser.socket.welcome();
    for (let round = 0; round < 5; round += 1) {
      jest.advanceTimersByTime(25_000);
      browser.socket.sayText('not even JSON');
    }
    expect(kind()).toBe('live');
  });

  it('gives up a socket that never opens', () => {
    jest.advanceTimersByTime(10_000);
    expect(kind()).toBe('reconnecting');
  });

  it.each(['online', 'visible', 'awake'] as const)('asks for a sign of life when it is %s, else reconnects', (back) => {
    browser.socket.welcome();
    browser.back$.next(back);
    expect(browser.socket.sentOf('ping')).toHaveLength(1);
    jest.advanceTimersByTime(3000);
    expect(kind()).toBe('reconnecting');
  });

  it('stays when the sign of life comes', () => {
    browser.socket.welcome();
    browser.back$.next('online');
    browser.socket.say({ event: 'pong', data: { t: 1 } });
    jest.advanceTimersByTime(3000);
    expect(kind()).toBe('live');
  });

  it('does not come back by itself after a refusal, but when it is asked to', () => {
    browser.socket.end(4403, 'forbidden');
    expect(connection.state()).toEqual({ kind: 'refused', code: 4403, reason: 'forbidden' });
    browser.back$.next('online');
    jest.advanceTimersByTime(60_000);
    expect(browser.sockets).toHaveLength(1);
    connection.reconnectNow();
    expect(browser.sockets).toHaveLength(2);
  });

  it('is unauthenticated after 4401', () => {
    browser.socket.end(4401);
    expect(kind()).toBe('unauthenticated');
  });

  it('waits 30 s after too many messages, even when the tab comes back', () => {
    browser.socket.end(4429);
    browser.back$.next('visible');
    jest.advanceTimersByTime(29_999);
    expect(browser.sockets).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(browser.sockets).toHaveLength(2);
  });

  it('sends nothing while it is not live', () => {
    expect(connection.send('ping', {})).toBe(false);
    browser.socket.welcome();
    expect(connection.send('ping', {})).toBe(true);
    browser.socket.end(1006);
    expect(connection.send('ping', {})).toBe(false);
  });

  it('leaves no socket and no timer behind', () => {
    browser.socket.welcome();
    TestBed.resetTestingModule();
    expect(browser.socket.closed).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });
});
