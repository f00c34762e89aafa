import { Redis } from 'ioredis';
import { existsSync } from 'node:fs';
import { describeWith, eventually, startRedis } from '../src/index.ts';

const client = (url: string) =>
  new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null });

describeWith('redis')('a real redis-server', () => {
  it('keeps what was written over a kill and a restart, on the same port', async () => {
    const redis = await startRedis();
    const first = client(redis.url);
    await first.set('kept', 'a');
    await redis.kill();
    await eventually(() => first.status === 'end');
    await redis.restart();
    const second = client(redis.url);
    await expect(second.get('kept')).resolves.toBe('a');
    await second.quit();
    await redis.stop();
  });

  it('evicts nothing', async () => {
    const redis = await startRedis();
    const connection = client(redis.url);
    await expect(connection.config('GET', 'maxmemory-policy')).resolves.toContain('noeviction');
    await connection.quit();
    await redis.stop();
    expect(existsSync(redis.storeDir)).toBe(false);
  });

  it('takes more arguments', async () => {
    const redis = await startRedis({ args: ['--notify-keyspace-events', 'KEA'] });
    const connection = client(redis.url);
    await expect(connection.config('GET', 'notify-keyspace-events')).resolves.toContain('AKE');
    await connection.quit();
    await redis.stop();
  });
});
