import type { Log } from '@deckwatch/bus';
import type { RedisConnection } from './redis-connection.ts';

/**
 * Says so when this Redis is set to throw keys away once its memory is full: sessions would vanish without an event,
 * and their counts would be wrong until they are verified. It is the user's to mend.
 */
export async function warnOfEviction(redis: RedisConnection, log: Log): Promise<void> {
  const info = await redis.call('info', 'memory').catch(() => ''); // away, or not allowed: nothing to say
  const policy = /^maxmemory_policy:(\S+)/m.exec(String(info))?.[1];
  const limited = /^maxmemory:[1-9]/m.test(String(info));
  if (limited && policy !== 'noeviction')
    log.warn('redis may evict sessions: set maxmemory-policy noeviction', { policy });
}
