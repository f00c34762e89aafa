import { Parts } from '@deckwatch/service-kit';
import { describeWith, eventually, silentLog, startRedis, type RedisServer } from '@deckwatch/testing';
import { Redis } from 'ioredis';
import { AttemptQueues } from '../src/notification/attempt-queues.ts';

describeWith('redis')('queues of attempts', () => {
  let server: RedisServer;
  let look: Redis;
  beforeEach(async () => {
    server = await startRedis();
    look = new Redis(server.url);
  });
  afterEach(async () => {
    look.disconnect();
    await server.stop();
  });
  const connections = async (): Promise<number> =>
    String(await look.client('LIST'))
      .trim()
      .split('\n').length;

  it('leave no connection behind when they are stopped, though an attempt hangs', async () => {
    let attempts = 0;
    let answer = (): void => undefined;
    const attempt = async (): Promise<null> => {
      attempts += 1;
      await new Promise<void>((resolve) => (answer = resolve));
      return null;
    };
    const queues = new AttemptQueues({ redisUrl: server.url, log: silentLog, parts: new Parts(), attempt, onBack: () => undefined }); // prettier-ignore
    queues.open('dead', { perMinute: 60, concurrency: 1 });
    await eventually(() => queues.add({ id: 'busy-1.1.dead', channelId: 'dead' }, 0));
    await eventually(() => attempts === 1);
    expect(await connections()).toBeGreaterThan(2);
    await queues.stop();
    await eventually(async () => expect(await connections()).toBe(1));
    answer();
  });
});
