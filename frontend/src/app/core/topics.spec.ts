import { TestBed } from '@angular/core/testing';
import { BehaviorSubject, type Subscription } from 'rxjs';
import { giveSnapshot, giveUpdate, settle, setUpConsole } from '../../testing/console.ts';
import type { FakeBrowser } from '../../testing/fake-browser.ts';
import { Connection } from './connection.ts';
import type { TopicMessage } from './topic-entry.ts';
import { lingering, Topics } from './topics.ts';

describe('Topics', () => {
  let browser: FakeBrowser;
  let topics: Topics;
  const viewings: Subscription[] = [];

  function view(topic: string): TopicMessage[] {
    const messages: TopicMessage[] = [];
    viewings.push(topics.topic$(topic).subscribe((message) => messages.push(message)));
    return messages;
  }
  function event(topic: string, seq: number, prev: number): void {
    browser.socket.say({ event: 'event', data: { topic, epoch: 'e1', seq, prev, data: { n: seq } } });
  }
  async function reconnect(): Promise<void> {
    browser.socket.end(1006);
    TestBed.inject(Connection).reconnectNow();
    browser.socket.welcome();
    await settle();
  }
  const numbers = (messages: TopicMessage[]) => messages.map(({ data }) => data['n'] ?? 'snapshot');

  beforeEach(() => {
    browser = setUpConsole();
    topics = TestBed.inject(Topics);
    TestBed.inject(Connection).start();
    browser.socket.welcome();
  });
  afterEach(() => {
    for (const viewing of viewings.splice(0)) viewing.unsubscribe();
    jest.useRealTimers();
  });

  it('asks for all topics of one moment in one frame', async () => {
    view('hosts');
    view('containers');
    await settle();
    expect(browser.socket.sentOf('subscribe')).toEqual([{ id: 1, topics: ['hosts', 'containers'] }]);
  });

  it('asks for nothing before the connection is live, then for what is viewed', async () => {
    browser.socket.end(1006);
    view('hosts');
    await settle();
    TestBed.inject(Connection).reconnectNow();
    browser.socket.open();
    expect(browser.socket.sentOf('subscribe')).toEqual([]);
    browser.socket.welcome();
    expect(browser.socket.sentOf('subscribe')).toHaveLength(1);
  });

  it('passes snapshots and updates on, and only those of the topic', async () => {
    const messages = view('hosts');
    view('containers');
    await settle();
    giveSnapshot(browser, 'hosts', { n: 1 });
    giveUpdate(browser, 'hosts', { n: 2 });
    giveSnapshot(browser, 'containers', { n: 3 });
    giveUpdate(browser, 'never.asked.for', { n: 4 });
    expect(messages).toEqual([
      { kind: 'snapshot', data: { n: 1 } },
      { kind: 'update', data: { n: 2 } },
    ]);
  });

  it('ends a topic with its last viewer', async () => {
    view('hosts');
    view('hosts');
    await settle();
    viewings.pop()?.unsubscribe();
    await settle();
    expect(browser.socket.sentOf('unsubscribe')).toEqual([]);
    viewings.pop()?.unsubscribe();
    await settle();
    expect(browser.socket.sentOf('unsubscribe')).toMatchObject([{ topics: ['hosts'] }]);
    expect(topics.status('hosts')()).toEqual({ kind: 'idle' });
  });

  it('gives a later viewer a fresh snapshot', async () => {
    view('hosts');
    await settle();
    giveSnapshot(browser, 'hosts', { n: 1 });
    const later = view('hosts');
    await settle();
    expect(browser.socket.sentOf('subscribe')).toHaveLength(2);
    giveSnapshot(browser, 'hosts', { n: 2 });
    expect(numbers(later)).toEqual([2]);
  });

  it('says nothing of a viewer who came and went within a moment', async () => {
    view('hosts');
    viewings.pop()?.unsubscribe();
    await settle();
    expect(browser.socket.sent.map(({ event: name }) => name)).toEqual(['hello']);
  });

  it('changes the keys of a keyed topic while it is viewed', async () => {
    const wish$ = new BehaviorSubject({ keys: ['atlas.a'] });
    viewings.push(topics.topic$('stats.visible', wish$).subscribe());
    await settle();
    wish$.next({ keys: ['atlas.b'] });
    wish$.next({ keys: ['atlas.b', 'atlas.c'] });
    await settle();
    expect(browser.socket.sentOf('subscribe').map((sent) => sent['keys'])).toEqual([
      ['atlas.a'],
      ['atlas.b', 'atlas.c'],
    ]);
  });

  it('resumes logs where they stood after a reconnection, and state topics from the start', async () => {
    view('alerts');
    view('hosts');
    await settle();
    giveSnapshot(browser, 'alerts', {}, 40);
    giveSnapshot(browser, 'hosts', {}, 41);
    event('alerts', 44, 40);
    await reconnect();
    expect(browser.socket.sentOf('subscribe')).toEqual([
      { id: 2, topics: ['alerts', 'hosts'], since: { alerts: { epoch: 'e1', seq: 44 } } },
    ]);
  });

  it('takes the missing items when the log was recovered', async () => {
    const messages = view('alerts');
    await settle();
    giveSnapshot(browser, 'alerts', {}, 40);
    await reconnect();
    const place = { topic: 'alerts', epoch: 'e1', seq: 42 };
    browser.socket.say({ event: 'subscribed', data: { id: 2, topics: [{ ...place, recovered: true }], rejected: [] } });
    expect(topics.status('alerts')()).toEqual({ kind: 'live' });
    event('alerts', 41, 40);
    event('alerts', 42, 41);
    expect(numbers(messages)).toEqual(['snapshot', 41, 42]);
  });

  it('asks again from where it stood when an item is missing, and takes none out of order', async () => {
    const messages = view('alerts');
    await settle();
    giveSnapshot(browser, 'alerts', {}, 40);
    event('alerts', 45, 43);
    event('alerts', 46, 45);
    await settle();
    expect(browser.socket.sentOf('subscribe').slice(1)).toEqual([
      { id: 2, topics: ['alerts'], since: { alerts: { epoch: 'e1', seq: 40 } } },
    ]);
    expect(numbers(messages)).toEqual(['snapshot']);
  });

  it('asks for a snapshot when mending is in vain', async () => {
    view('alerts');
    await settle();
    giveSnapshot(browser, 'alerts', {}, 40);
    for (let round = 0; round < 4; round += 1) {
      event('alerts', 50, 49);
      await settle();
      const place = { topic: 'alerts', epoch: 'e1', seq: 50, recovered: true };
      browser.socket.say({ event: 'subscribed', data: { id: round, topics: [place], rejected: [] } });
    }
    expect(browser.socket.sentOf('subscribe').at(-1)).not.toHaveProperty('since');
  });

  it('asks for a state again that belongs to another gateway', async () => {
    const messages = view('hosts');
    await settle();
    giveSnapshot(browser, 'hosts', { n: 1 });
    browser.socket.say({ event: 'update', data: { topic: 'hosts', epoch: 'e2', seq: 9, data: { n: 9 } } });
    await settle();
    expect(browser.socket.sentOf('subscribe')).toHaveLength(2);
    expect(numbers(messages)).toEqual([1]);
  });

  describe('rejected', () => {
    const reject = (topic: string, code: string) =>
      browser.socket.say({
        event: 'subscribed',
        data: { id: 1, topics: [], rejected: [{ topic, code, message: 'no' }] },
      });
    const flag = (value: boolean) =>
      browser.socket.say({
        event: 'update',
        data: {
          topic: 'system',
          epoch: 'e1',
          seq: 9,
          data: { items: [{ key: 'f', kind: 'flag', name: 'containerStats', value }] },
        },
      });

    it('shows why, and tries a disabled or unavailable topic again by itself', async () => {
      view('stats');
      await settle();
      reject('stats', 'unavailable');
      expect(topics.status('stats')()).toEqual({ kind: 'rejected', code: 'unavailable', message: 'no' });
      await settle(5000);
      expect(browser.socket.sentOf('subscribe')).toHaveLength(2);
    });

    it('does not ask again for what it may not have', async () => {
      view('stats');
      await settle();
      reject('stats', 'forbidden');
      await settle(120_000);
      expect(browser.sockets[0]?.sentOf('subscribe')).toHaveLength(1);
    });

    it('ends with its flag and resumes when the flag is on again', async () => {
      view('stats');
      view('system');
      await settle();
      giveSnapshot(browser, 'system', { items: [] });
      giveSnapshot(browser, 'stats', {});
      flag(false);
      expect(topics.status('stats')()).toMatchObject({ kind: 'rejected', code: 'disabled' });
      expect(topics.status('system')()).toEqual({ kind: 'live' });
      flag(true);
      await settle();
      expect(browser.socket.sentOf('subscribe').at(-1)).toMatchObject({ topics: ['stats'] });
    });
  });

  it('is waiting, not live, while there is no connection', async () => {
    view('hosts');
    await settle();
    giveSnapshot(browser, 'hosts', {});
    expect(topics.status('hosts')()).toEqual({ kind: 'live' });
    browser.socket.end(1006);
    expect(topics.status('hosts')()).toEqual({ kind: 'waiting' });
  });

  it('keeps a lingering stream for viewers who come back soon', async () => {
    const shared$ = topics.topic$('hosts').pipe(lingering(3000));
    shared$.subscribe().unsubscribe();
    await settle(2999);
    const viewing = shared$.subscribe();
    await settle(10_000);
    expect(browser.socket.sentOf('unsubscribe')).toEqual([]);
    viewing.unsubscribe();
    await settle(3000);
    expect(browser.socket.sentOf('unsubscribe')).toHaveLength(1);
  });
});
