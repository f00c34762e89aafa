import { describeWith, eventually, silentLog, startRedis, type RedisServer } from '@deckwatch/testing';
import { RedisConnection } from '../redis/redis-connection.ts';
import { Lease } from './lease.ts';

describeWith('redis')('a lease in Redis', () => {
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

  it('belongs to one token at a time', async () => {
    const [one, two] = ['1', '2'].map((token) => new Lease(redis, 'lease:a', token, 60_000)) as [Lease, Lease];
    expect(await one.take()).toBe(true);
    expect(await two.take()).toBe(false);
    expect(await two.renew()).toBe(false);
    expect(await one.take()).toBe(true);
    await two.release();
    expect(await one.renew()).toBe(true);
    await one.release();
    expect(await two.take()).toBe(true);
    expect(await one.renew()).toBe(false);
  });

  it('falls to another when it is not renewed', async () => {
    const [one, two] = ['1', '2'].map((token) => new Lease(redis, 'lease:b', token, 300)) as [Lease, Lease];
    expect(await one.take()).toBe(true);
    await eventually(async () => expect(await two.take()).toBe(true), { timeoutMs: 2000 });
    expect(await one.renew()).toBe(false);
  });
});
