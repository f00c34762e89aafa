import { describeWith, recordingLog, silentLog, startRedis, type RedisServer } from '@deckwatch/testing';
import { warnOfEviction } from './eviction.ts';
import { RedisConnection } from './redis-connection.ts';

describeWith('redis')('a Redis that may evict', () => {
  let server: RedisServer;
  let redis: RedisConnection;
  beforeAll(async () => {
    server = await startRedis();
    redis = new RedisConnection({ url: server.url, name: 'test' }, silentLog);
    await redis.client.connect();
  });
  afterAll(async () => {
    await redis.close();
    await server.stop();
  });

  it('is warned of, and only that', async () => {
    const log = recordingLog();
    await redis.call('config', 'set', 'maxmemory', '100mb');
    await warnOfEviction(redis, log);
    expect(log.lines).toEqual([]);
    await redis.call('config', 'set', 'maxmemory-policy', 'allkeys-lru');
    await warnOfEviction(redis, log);
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { policy: 'allkeys-lru' } }]);
  });
});
