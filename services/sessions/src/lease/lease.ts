import { script } from '../redis/script.ts';
import { RedisAway, type RedisConnection } from '../redis/redis-connection.ts';

const RENEW = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`);

const RELEASE = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`);

/**
 * The right to do some work, held by one holder at a time: a key in Redis with the holder's token that expires unless
 * it is renewed. A holder that was paused may believe in it too long, so what must never be done twice is fenced
 * by itself, too.
 */
export class Lease {
  constructor(
    private readonly redis: RedisConnection,
    private readonly key: string,
    private readonly token: string,
    /** For how long it is valid after it was taken or renewed, milliseconds. */
    readonly ttlMs: number,
  ) {}

  /** Takes it when it is free; tells whether it is ours. Throws RedisAway. */
  async take(): Promise<boolean> {
    if ((await this.redis.call('set', this.key, this.token, 'PX', this.ttlMs, 'NX')) === 'OK') return true;
    return this.renew();
  }

  /** Holds on to it; false: it is somebody else's or nobody's. Throws RedisAway. */
  async renew(): Promise<boolean> {
    return (await this.redis.run(RENEW, this.key, [this.token, this.ttlMs])) === 1;
  }

  /** Gives it back, if it is ours and Redis answers. */
  async release(): Promise<void> {
    try {
      await this.redis.run(RELEASE, this.key, [this.token]);
    } catch (error) {
      if (!(error instanceof RedisAway)) throw error; // away: it expires by itself
    }
  }
}
