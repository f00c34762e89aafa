import { deflateSync } from 'node:zlib';
import { factsOf } from '../../held/facts.ts';
import { KeyBook } from '../key-book.ts';
import { Unreadable, type RawValue } from './shape.ts';
import { SHAPE_BY_NAME } from './shapes.ts';
import type { ShapeName } from '../../source-settings.ts';

const userIn = (name: ShapeName, value: RawValue): string | null => {
  const shape = SHAPE_BY_NAME[name];
  return factsOf(shape.read(value), { user: shape.user, attrs: {} }).user;
};
const text = (value: string): Buffer => Buffer.from(value);
const javaString = (value: string): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([Buffer.from('aced000574', 'hex'), length, text(value)]);
};
const javaLong = (value: number): Buffer => {
  const long = Buffer.alloc(8);
  long.writeBigInt64BE(BigInt(value));
  return Buffer.concat([Buffer.from('aced0005737200', 'hex'), text('\x0ejava.lang.Long'), long]);
};
const php = (value: string): string => `s:${Buffer.byteLength(value)}:"${value}";`;
const DJANGO = '{"_auth_user_id":"42","_auth_user_hash":"x"}';
const LARAVEL =
  'a:3:{s:6:"_token";s:3:"abc";s:50:"login_web_59ba36addc2b2f9401580f014c7f58ea4e30989d";i:7;s:6:"_flash";a:1:{s:3:"old";a:0:{}}}';

describe('how applications keep their sessions in Redis', () => {
  it.each<[string, ShapeName, Buffer, string | null]>([
    ['connect-redis with Passport', 'connect-redis', text('{"cookie":{},"passport":{"user":"ada"}}'), 'ada'],
    [
      'connect-redis with an object as user',
      'connect-redis',
      text('{"cookie":{},"user":{"id":7,"name":"Ada"}}'),
      'Ada',
    ],
    ['connect-redis before a login', 'connect-redis', text('{"cookie":{}}'), null],
    ['Django, JSON', 'django', text(DJANGO), '42'],
    ['Django, signed', 'django', text(`${Buffer.from(DJANGO).toString('base64url')}:1abcDE:c2ln-_`), '42'],
    [
      'Django, signed and compressed',
      'django',
      text(`.${deflateSync(DJANGO).toString('base64url')}:1abcDE:c2ln`),
      '42',
    ],
    [
      'Django, as it was before 3.1',
      'django',
      text(Buffer.from(`${'a1'.repeat(20)}:${DJANGO}`).toString('base64')),
      '42',
    ],
    ['Laravel, serialized twice', 'laravel', text(php(LARAVEL)), '7'],
    ['Laravel, JSON in a serialized string', 'laravel', text(php('{"login_web":"ada"}')), 'ada'],
    ['KATO', 'kato', text('{"session_id":"session-1f-2","node_id":"node0","stm":[]}'), 'node0'],
    ['plain JSON', 'json', text('{"user_id":"eve"}'), 'eve'],
  ])('%s', (_, shape, value, user) => {
    expect(userIn(shape, value)).toBe(user);
  });

  it('Spring Session: the user of the index, and when it is over', () => {
    const shape = SHAPE_BY_NAME.spring;
    const principal = 'org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME';
    const value = new Map([
      [`sessionAttr:${principal}`, javaString('ada')],
      ['lastAccessedTime', javaLong(1_700_000_000_000)],
      ['maxInactiveInterval', text('1800')],
    ]);
    expect(userIn('spring', value)).toBe('ada');
    expect(shape.expiresAt?.(shape.read(value))).toBe(1_700_001_800_000);
  });

  it('knows which keys are sessions, which tell of their end, and which are neither', () => {
    const spring = new KeyBook(SHAPE_BY_NAME.spring, {});
    expect(spring.meaning('spring:session:sessions:1-2')).toEqual({ rest: '1-2', marker: false });
    expect(spring.meaning('spring:session:sessions:expires:1-2')).toEqual({ rest: '1-2', marker: true });
    expect(spring.meaning('spring:session:expirations:1523')).toBeUndefined();
    const laravel = new KeyBook(SHAPE_BY_NAME.laravel, { prefix: 'shop_database_shop_cache_:' });
    const id = 'Xy0aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789a';
    expect(laravel.meaning(`shop_database_shop_cache_:${id}`)).toEqual({ rest: id, marker: false });
    expect(laravel.meaning(`shop_database_shop_cache_:${id}b`)).toBeUndefined();
    expect(laravel.meaning(`shop_database_shop_cache_:${'0'.repeat(40)}`)).toBeUndefined();
    expect(laravel.meaning('shop_database_shop_cache_:illuminate:queue:restart')).toBeUndefined();
    const kato = new KeyBook(SHAPE_BY_NAME.kato, {});
    expect(kato.pattern).toBe('kato:session:session-*');
    expect(kato.meaning('kato:session:session-1f-2')?.rest).toBe('session-1f-2');
  });

  it('takes a prefix at its word, whatever it means in a glob', () => {
    expect(new KeyBook(SHAPE_BY_NAME.json, { prefix: 'a[1]*:' }).pattern).toBe('a\\[1\\]\\*:*');
  });

  it.each<[string, ShapeName, RawValue]>([
    ['half a document', 'connect-redis', text('{"a":')],
    ['a pickled session', 'django', Buffer.from([0x80, 4, 0x95, 0, 0])],
    ['damaged compression', 'django', text(`.${Buffer.from('no zlib').toString('base64url')}:1a:c2ln`)],
    ['PHP data that is cut off', 'laravel', text('s:100:"short";')],
    ['PHP data that nests too deep', 'laravel', text(`${'a:1:{i:0;'.repeat(100)}N;`)],
    ['PHP data with a wrong count', 'laravel', text('a:1000000000:{i:0;i:1;}')],
    ['a hash where a string belongs', 'json', new Map()],
    ['a string where a hash belongs', 'hash', text('x')],
  ])('%s is unreadable, and says so without its content', (_, shape, value) => {
    expect(() => SHAPE_BY_NAME[shape].read(value)).toThrow(Unreadable);
  });

  it('takes only what is named, and nothing that is inherited', () => {
    const document: unknown = JSON.parse('{"user":{"name":"ada"},"plan":"pro","secret":"x","__proto__":{"evil":1}}');
    const attrs = { plan: 'plan', deep: 'user.name', none: 'no.such', proto: 'constructor', evil: 'evil' };
    expect(factsOf(document, { user: ['user.name'], attrs })).toEqual({
      user: 'ada',
      attrs: { plan: 'pro', deep: 'ada' },
    });
  });
});
