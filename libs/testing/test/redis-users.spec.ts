import { Redis } from 'ioredis';
import { brokerUser, describeWith, startRedis, type BrokerUser, type RedisServer } from '../src/index.ts';

const OWN_KEYS = { sessions: 'deckwatch:{sessions}:counts', alerts: 'deckwatch:notify-hook:meta' };
const users = ['sessions', 'alerts'] as const;

describeWith('redis')('the users of Redis', () => {
  let redis: RedisServer;
  const clients: Redis[] = [];

  beforeAll(async () => void (redis = await startRedis()));
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await redis.stop();
  });
  const as = (user: BrokerUser): Redis => {
    const client = new Redis(brokerUser(redis, user).url, { maxRetriesPerRequest: 0 });
    clients.push(client);
    return client;
  };

  it.each(users)('%s reads and writes its own keys, by commands and scripts, and no others', async (user) => {
    const client = as(user);
    const foreign = OWN_KEYS[users.find((other) => other !== user)!];
    expect(await client.hset(OWN_KEYS[user], 'a', 1)).toBe(1);
    expect(await client.eval("return redis.call('HGET', KEYS[1], 'a')", 1, OWN_KEYS[user])).toBe('1');
    await expect(client.hset(foreign, 'a', 1)).rejects.toThrow(/NOPERM/);
    await expect(client.hgetall(foreign)).rejects.toThrow(/NOPERM/);
    // Also where a script makes up the key by itself.
    await expect(client.eval(`return redis.call('HGETALL', '${foreign}')`, 0)).rejects.toThrow(/NOPERM|can't access/);
  });

  it.each(users)('%s has no word in what concerns the server, its other clients or all its keys', async (user) => {
    const client = as(user);
    const tries = ['flushall', 'flushdb', 'keys *', 'scan 0', 'randomkey', 'dbsize', 'config get *', 'acl list', 'client list',
      'monitor', 'shutdown', 'replicaof no one', 'save', 'script flush', 'publish a b', 'subscribe a',
      'module list', 'slowlog get', 'client kill type normal', 'swapdb 0 1', 'function list']; // prettier-ignore
    for (const line of tries) {
      const [command, ...args] = line.split(' ');
      await expect(client.call(command!, ...args)).rejects.toThrow(/NOPERM/);
    }
  });
});
