import { setImmediate as turn } from 'node:timers/promises';
import { BUCKETS } from '@deckwatch/contracts';
import { describeWith, serviceBus, silentLog, startNats, testBus, type NatsServer } from '@deckwatch/testing';
import type { Bus } from '@deckwatch/bus';
import { FeedFloor, FloorMark } from '../src/notification/feed-floor.ts';
import { TransitionFeed } from '../src/notification/transition-feed.ts';

describeWith('nats')('the feed of transitions', () => {
  let nats: NatsServer;
  let bus: Bus;
  beforeAll(async () => {
    nats = await startNats();
    await (await testBus(nats)).close();
    bus = await serviceBus(nats, 'alerts');
  });
  afterAll(async () => {
    await bus?.close();
    await nats?.stop();
  });

  it('ends whenever it is told to, also while it still begins', async () => {
    const floor = new FeedFloor(await bus.bucket(BUCKETS.leases, FloorMark), silentLog);
    for (let turns = 0; turns < 150; turns += 5) {
      const feed = new TransitionFeed(bus, () => Promise.resolve(), floor, silentLog);
      feed.start();
      for (let index = 0; index < turns; index += 1) await turn();
      await feed.stop();
    }
  });
});
