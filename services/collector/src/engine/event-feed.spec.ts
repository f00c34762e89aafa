import { someEvent } from '../../test/fake-engine.ts';
import { EventFeed } from './event-feed.ts';

describe('the feed of events', () => {
  it('is taken up a little before the last event, and tells none twice', () => {
    const told: number[] = [];
    const feed = new EventFeed(5000, ({ t }) => told.push(t));
    expect(feed.since).toBe(4000);
    feed.take(someEvent('start', 9000));
    expect(feed.since).toBe(8000);
    for (const t of [8500, 9000, 9500]) feed.take(someEvent('start', t));
    expect(told).toEqual([9000, 8500, 9500]);
  });

  it('tells apart what happens at the same moment', () => {
    const told: string[] = [];
    const feed = new EventFeed(0, ({ action }) => told.push(action));
    for (const action of ['oom', 'die', 'oom'] as const) feed.take(someEvent(action, 1000));
    expect(told).toEqual(['oom', 'die']);
  });

  it('remembers a bounded number', () => {
    let told = 0;
    const feed = new EventFeed(0, () => (told += 1));
    for (let t = 1; t <= 3000; t += 1) feed.take(someEvent('start', t));
    feed.take(someEvent('start', 1));
    expect(told).toBe(3001);
  });
});
