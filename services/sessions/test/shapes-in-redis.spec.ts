import { deflateSync } from 'node:zlib';
import { describeWith, eventually, startRedis, type RedisServer } from '@deckwatch/testing';
import { Redis } from 'ioredis';
import { publicId, SourceStage, WAIT } from './source-stage.ts';

const DJANGO = '{"_auth_user_id":"42","_auth_user_backend":"django.contrib.auth.backends.ModelBackend"}';
const LARAVEL =
  'a:3:{s:6:"_token";s:3:"abc";s:50:"login_web_59ba36addc2b2f9401580f014c7f58ea4e30989d";i:7;s:6:"_flash";a:0:{}}';
const PRINCIPAL = 'sessionAttr:org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME';
const php = (text: string): string => `s:${Buffer.byteLength(text)}:"${text}";`;

function javaString(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(text));
  return Buffer.concat([Buffer.from('aced000574', 'hex'), length, Buffer.from(text)]);
}
function javaNumber(kind: 'Long' | 'Integer', value: number): Buffer {
  const bytes = Buffer.alloc(kind === 'Long' ? 8 : 4);
  if (kind === 'Long') bytes.writeBigInt64BE(BigInt(value));
  else bytes.writeInt32BE(value);
  const name = `java.lang.${kind}`;
  const head = Buffer.concat([Buffer.from('aced00057372', 'hex'), Buffer.from([0, name.length]), Buffer.from(name)]);
  return Buffer.concat([head, bytes]);
}

/** What a user of the ACL needs, with the right to end sessions. */
const RIGHTS = '+config|get +config|set +psubscribe +scan +get +mget +hgetall +pttl +ping +del +client|setname'.split(
  ' ',
);

/** How an application keeps one session: where, what, and what is shown of it. */
interface Kept {
  shape: string;
  key: string;
  id: string;
  /** A text, or the fields of a hash. */
  value: string | Record<string, string>;
  user: string | null;
}
const KEPT: Record<string, Kept> = {
  'Django, signed': {
    shape: 'django',
    key: ':1:django.contrib.sessions.cache0abcdefghij',
    id: '0abcdefghij',
    value: `${Buffer.from(DJANGO).toString('base64url')}:1tXyZ0:c2lnbmF0dXJl`,
    user: '42',
  },
  'Django, signed and compressed': {
    shape: 'django',
    key: ':1:django.contrib.sessions.cache1abcdefghij',
    id: '1abcdefghij',
    value: `.${deflateSync(DJANGO).toString('base64url')}:1tXyZ0:c2lnbmF0dXJl`,
    user: '42',
  },
  'Django, JSON': {
    shape: 'django',
    key: ':1:django.contrib.sessions.cache2abcdefghij',
    id: '2abcdefghij',
    value: DJANGO,
    user: '42',
  },
  'Laravel': {
    shape: 'laravel',
    key: 'laravel-database-laravel-cache-Xy0aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789a',
    id: 'Xy0aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789a',
    value: php(LARAVEL),
    user: '7',
  },
  'connect-redis': {
    shape: 'connect-redis',
    key: 'sess:V1StGXR8_Z5jdHi6B-myT',
    id: 'V1StGXR8_Z5jdHi6B-myT',
    value: '{"cookie":{"originalMaxAge":600000,"httpOnly":true,"path":"/"},"passport":{"user":"ada"}}',
    user: 'ada',
  },
  'JSON, with a prefix, a match and a user of its own': {
    shape: 'json',
    key: 'shop:{web}:s-1',
    id: 's-1',
    value: '{"user":"not this one","who":{"names":["ada","countess"]}}',
    user: 'ada',
  },
  'a hash, with a prefix, a match and a user of its own': {
    shape: 'hash',
    key: 'login[*]?a1',
    id: 'a1',
    value: { user: 'not this one', account: 'eve' },
    user: 'eve',
  },
}; // prettier-ignore

/** What stands in the settings besides the shape. */
const PLACES: Record<string, object> = {
  json: { prefix: 'shop:{web}:', match: 's-*', user: 'who.names.0' },
  hash: { prefix: 'login[*]?', match: 'a?', user: 'account' },
};
/** Keys of others beside them, which are no sessions. */
const OTHERS: [string, string][] = [
  ['shop:{web}:cart-1', '{"user":"cart"}'],
  ['shop:web:s-1', '{"user":"elsewhere"}'],
  ['laravel-database-laravel-cache-illuminate:queue:restart', 'i:1700000000;'],
  ['laravel-database-laravel-cache-356a192b7913b04c54574d18c28d46e6395428ab', 'i:3;'],
  ['laravel-database-laravel-cache-356a192b7913b04c54574d18c28d46e6395428ab:timer', 'i:1700000000;'],
];

describeWith('redis', 'nats')('the sessions of applications as they keep them in Redis', () => {
  let stage: SourceStage;
  let users: RedisServer;
  let redis: Redis;
  const shapes = ['django', 'laravel', 'connect-redis', 'spring', 'kato', 'json', 'hash'];

  beforeAll(async () => {
    [stage, users] = await Promise.all([SourceStage.open(), startRedis()]);
    redis = new Redis(users.url);
    await redis.call('ACL', 'SETUSER', 'kato', 'on', '>a secret', '-@all', '~kato:session:session-*', '&*', ...RIGHTS);
    const urlOf = (shape: string): string => (shape === 'kato' ? `redis://kato:a%20secret@127.0.0.1:${users.port}` : users.url); // prettier-ignore
    await stage.follow(
      shapes.map((shape) => ({ app: shape, kind: 'redis', url: urlOf(shape), shape, revoke: true, ...PLACES[shape] })),
    );
  }, 40_000);
  afterAll(async () => {
    redis.disconnect();
    await stage.close();
    await users.stop();
  });
  const eventsOf = (app: string, id: string) => stage.events(app).filter((event) => event.id === publicId(id));
  const briefOf = (app: string, id: string) => eventsOf(app, id).map(({ event, reason }) => `${event} ${reason}`);

  it.each(Object.entries(KEPT))('%s: begin, stay when touched, end', async (_, { shape, key, id, value, user }) => {
    const write = (seconds: number) =>
      typeof value === 'string'
        ? redis.set(key, value, 'EX', seconds)
        : redis.multi().hset(key, value).expire(key, seconds).exec();
    await write(600);
    await eventually(() => expect(briefOf(shape, id)).toEqual(['created login']), WAIT);
    expect(eventsOf(shape, id)[0]).toMatchObject({ user });
    await write(900);
    await redis.expire(key, 1000);
    await redis.del(key);
    await eventually(() => expect(briefOf(shape, id)).toEqual(['created login', 'destroyed logout']), WAIT);
  });

  it('are not what lies beside them', async () => {
    for (const [key, value] of OTHERS) await redis.set(key, value);
    await redis.hset('login[*]?b1', { account: 'other' });
    // Told in the order in which they were written, so what was told of the others would be there as well.
    const last: [string, string, string][] = [
      ['json', 'shop:{web}:', 's-last'],
      ['laravel', 'laravel-database-laravel-cache-', 'Z'.repeat(40)],
    ];
    for (const [shape, prefix, id] of last) {
      await redis.set(prefix + id, shape === 'json' ? '{}' : php(LARAVEL));
      await eventually(() => expect(briefOf(shape, id)).toEqual(['created login']), WAIT);
      expect((await stage.sessions(shape)).map((session) => session.id)).toEqual([publicId(id)]);
      await redis.del(prefix + id);
    }
    await redis.hset('login[*]?a9', { account: 'eve' });
    await eventually(() => expect(briefOf('hash', 'a9')).toEqual(['created login']), WAIT);
    expect(await stage.active('hash')).toBe(1);
    await redis.del('login[*]?a9');
    await eventually(async () => expect(await stage.active('hash')).toBe(0), WAIT);
  });

  it.each<[string, string, string, string | Buffer | Record<string, string>, RegExp]>([
    ['django', ':1:django.contrib.sessions.cache', 'bad', Buffer.from([0x80, 4, 0x95]), /pickled/],
    ['laravel', 'laravel-database-laravel-cache-', 'B'.repeat(40), 's:100:"short";', /PHP/],
    ['connect-redis', 'sess:', 'bad', '{"half":', /not JSON/],
    ['kato', 'kato:session:', 'session-bad', 'nothing', /not JSON/],
    ['json', 'shop:{web}:', 's-bad', '{"half":', /not JSON/],
    ['json', 'shop:{web}:', 's-bad-hash', { user: 'ada' }, /another type of key/],
    ['hash', 'login[*]?', 'ab', 'a text', /another type of key/],
    ['spring', 'spring:session:sessions:', 'bad', 'a text', /another type of key/],
  ])('bad payloads are listed, and the sessions count all the same: %s', async (shape, prefix, id, value, why) => {
    if (typeof value === 'string' || Buffer.isBuffer(value)) await redis.set(prefix + id, value, 'EX', 600);
    else await redis.hset(prefix + id, value);
    await eventually(() => expect(briefOf(shape, id)).toEqual(['created login']), WAIT);
    await eventually(async () => {
      const state = (await stage.states()).find(({ app }) => app === shape)!;
      expect(state.unreadable.latest).toContainEqual({ id: publicId(id), why: expect.stringMatching(why) });
      expect(state).toMatchObject({ state: 'following', fault: null });
    }, WAIT);
    await redis.del(prefix + id);
    await eventually(() => expect(briefOf(shape, id)).toEqual(['created login', 'destroyed logout']), WAIT);
  });

  describe('Spring Session', () => {
    const hashOf = (id: string): string => `spring:session:sessions:${id}`;
    const shadowOf = (id: string): string => `spring:session:sessions:expires:${id}`;
    /** What the indexed repository writes at each request. */
    async function save(id: string, lastsSeconds: number, agoSeconds = 0): Promise<void> {
      const seenAt = Date.now() - agoSeconds * 1000;
      await redis
        .multi()
        .hset(hashOf(id), {
          creationTime: javaNumber('Long', seenAt),
          lastAccessedTime: javaNumber('Long', seenAt),
          maxInactiveInterval: javaNumber('Integer', lastsSeconds),
          [PRINCIPAL]: javaString('ada'),
        })
        .sadd(`spring:session:expirations:${Math.ceil(seenAt / 60_000) * 60_000}`, `\xac\xed"expires:${id}"`)
        .sadd('spring:session:index:principal:ada', id)
        .append(shadowOf(id), '')
        .expire(shadowOf(id), lastsSeconds - agoSeconds)
        .expire(hashOf(id), lastsSeconds - agoSeconds + 300)
        .exec();
    }

    it('end with their shadow key though their hash lives on, and once', async () => {
      await save('a-1', 1);
      await eventually(() => expect(briefOf('spring', 'a-1')).toEqual(['created login']), WAIT);
      expect(eventsOf('spring', 'a-1')[0]).toMatchObject({ user: 'ada' });
      await eventually(() => expect(briefOf('spring', 'a-1')).toEqual(['created login', 'destroyed expired']), WAIT);
      expect(await redis.exists(hashOf('a-1'))).toBe(1);
      await redis.del(hashOf('a-1'));
      await save('a-2', 600);
      await eventually(() => expect(briefOf('spring', 'a-2')).toEqual(['created login']), WAIT);
      await redis.del(shadowOf('a-2'), hashOf('a-2'));
      await eventually(() => expect(briefOf('spring', 'a-2')).toEqual(['created login', 'destroyed logout']), WAIT);
      expect(briefOf('spring', 'a-1')).toHaveLength(2);
      expect(await stage.active('spring')).toBe(0);
    });
  });

  describe('KATO', () => {
    const ids = ['session-1f2e3d-1700000000001', 'session-1f2e3d-1700000000002', 'session-aa00bb-1700000000003'];
    const write = (id: string, ms = 3_600_000) =>
      redis.multi()
        .set(`kato:session:${id}`, JSON.stringify({ session_id: id, node_id: 'node0', stm: [], ttl_seconds: ms / 1000 }), 'PX', ms)
        .set('kato:session:node:node0:active', id, 'EX', 3600)
        .set('kato:session:_active_index', '3')
        .exec(); // prettier-ignore

    it('are created, touched, expire and are deleted under their exact ids and counts; the index is never touched', async () => {
      for (const id of ids) await write(id);
      await eventually(() => ids.forEach((id) => expect(briefOf('kato', id)).toEqual(['created login'])), WAIT);
      expect(await stage.active('kato')).toBe(3);
      const listed = (await stage.sessions('kato')).map(({ id }) => id);
      expect(listed).toEqual(expect.arrayContaining(ids.map(publicId)));
      expect(listed).toHaveLength(3);
      await write(ids[0]!);
      await write(ids[1]!, 300);
      await redis.del(`kato:session:${ids[2]}`);
      await eventually(() => expect(briefOf('kato', ids[2]!)).toEqual(['created login', 'destroyed logout']), WAIT);
      await eventually(() => expect(briefOf('kato', ids[1]!)).toEqual(['created login', 'destroyed expired']), WAIT);
      expect(briefOf('kato', ids[0]!)).toEqual(['created login']);
      expect(await stage.active('kato')).toBe(1);
      expect((await stage.revoke('kato', publicId(ids[0]!))).items).toMatchObject([{ revoked: true }]);
      await eventually(() => expect(briefOf('kato', ids[0]!)).toEqual(['created login', 'destroyed revoked']), WAIT);
      expect(await redis.get('kato:session:_active_index')).toBe('3');
      expect(await redis.pttl('kato:session:_active_index')).toBe(-1);
      expect(await redis.get('kato:session:node:node0:active')).toBe(ids[1]);
      expect(stage.events('kato').map(({ id }) => id)).not.toContain(publicId('node:node0:active'));
      // Its user may touch no other keys, and never tried to.
      expect(await redis.call('ACL', 'LOG')).toEqual([]);
      expect((await stage.states()).find(({ app }) => app === 'kato')).toMatchObject({
        state: 'following',
        fault: null,
      });
    });
  });
});
