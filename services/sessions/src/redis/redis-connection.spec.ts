import { describeWith, eventually, recordingLog, startRedis, type RedisServer } from '@deckwatch/testing';
import { RedisAway, RedisConnection } from './redis-connection.ts';
import { script } from './script.ts';

const ADD = script(`return redis.call('INCRBY', KEYS[1], ARGV[1])`);

describeWith('redis')('a connection to Redis', () => {
  let server: RedisServer;
  let connection: RedisConnection;
  const log = recordingLog();

  beforeAll(async () => {
    server = await startRedis();
    connection = new RedisConnection({ url: server.url, name: 'test' }, log);
    connection.open();
    await eventually(() => expect(connection.up).toBe(true));
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  it('loads a script that Redis does not know', async () => {
    expect(await connection.run(ADD, 'n', [2])).toBe(2);
    await connection.call('script', 'flush');
    expect(
      await connection.runAll(
        ADD,
        [1, 1].map((by) => ({ key: 'n', args: [by] })),
      ),
    ).toEqual([3, 4]);
  });

  it('tells what Redis answered apart from Redis being away', async () => {
    await connection.call('set', 'text', 'x');
    const [good, bad] = await connection.pipe([['get', 'text'], ['incr', 'text']]); // prettier-ignore
    expect(good).toBe('x');
    expect(bad).toMatchObject({ message: expect.stringMatching(/not an integer/) });
    expect(bad).not.toBeInstanceOf(RedisAway);
  });

  it('fails at once what is under way when Redis dies, and comes back by itself', async () => {
    const waiting = connection.call('blpop', 'nothing', 30);
    const told: (string | null)[] = [];
    const unwatch = connection.watch((fault) => told.push(fault));
    await server.kill();
    await expect(waiting).rejects.toBeInstanceOf(RedisAway);
    expect(connection.fault).toMatch(/^not connected/);
    await expect(connection.call('get', 'text')).rejects.toBeInstanceOf(RedisAway);
    expect(await connection.pipe([['get', 'text']])).toEqual([expect.any(RedisAway)]);
    await server.restart();
    await eventually(async () => expect(await connection.call('get', 'text')).toBe('x'));
    expect(told[0]).toBeNull();
    expect(told.at(-1)).toBeNull();
    expect(log.messages()).toEqual(['redis connected', 'redis away', 'redis connected']);
    unwatch();
  });

  it('counts a Redis without memory as one that is away for now', async () => {
    await connection.call('config', 'set', 'maxmemory', '1');
    await expect(connection.run(ADD, 'n', [1])).rejects.toBeInstanceOf(RedisAway);
    await connection.call('config', 'set', 'maxmemory', '0');
  });

  it('does not wait for a server that hangs', async () => {
    process.kill(server.pid!, 'SIGSTOP');
    await expect(connection.call('get', 'text')).rejects.toBeInstanceOf(RedisAway);
    process.kill(server.pid!, 'SIGCONT');
    await eventually(async () => expect(await connection.call('get', 'text')).toBe('x'));
  }, 15_000);
});
