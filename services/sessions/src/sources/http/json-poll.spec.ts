import { HttpSourceSettings } from '../source-settings.ts';
import { BadAnswer, readCount, readPage } from './json-poll.ts';

const LIST = 'https://shop.example/api/sessions?of=shop';
const AT = Date.UTC(2027, 0, 15, 8, 0, 0);

function settingsOf(mapping: object): HttpSourceSettings {
  return HttpSourceSettings.parse({ app: 'shop', kind: 'http', url: LIST, ...mapping });
}
const pageOf = (document: unknown, mapping: object) => readPage(document, settingsOf(mapping), LIST);

describe('what an endpoint lists', () => {
  it.each<[string, unknown, number | null]>([
    ['seconds', AT / 1000, AT],
    ['seconds with a fraction', AT / 1000 + 0.25, AT + 250],
    ['milliseconds', AT, AT],
    ['milliseconds with a fraction', AT + 0.4, AT],
    ['seconds as a text', String(AT / 1000), AT],
    ['milliseconds as a text', String(AT), AT],
    ['ISO 8601', '2027-01-15T08:00:00Z', AT],
    ['ISO 8601 of another zone', '2027-01-15T09:30:00+01:30', AT],
    ['the last moment that counts as seconds', 99_999_999_999, 99_999_999_999_000],
    ['null', null, null],
    ['nothing', undefined, null],
    ['zero', 0, null],
    ['a time before 1970', -5, null],
    ['a text that is no time', 'tomorrow', null],
    ['a number beyond all times', 1e300, null],
    ['a list', [AT], null],
    ['true', true, null],
  ])('takes times as they are: %s', (_, time, expected) => {
    const mapping = { createdAt: 'times.began', lastSeenAt: 'times.seen', expiresAt: 'times.over' };
    const times = { createdAt: expected, lastSeenAt: expected, expiresAt: expected };
    const item = { id: 'a', times: { began: time, seen: time, over: time } };
    expect(pageOf([item], mapping).sessions).toEqual([{ rest: 'a', user: null, attrs: {}, ...times }]);
  });

  it('tells no times that nobody named', () => {
    const times = { createdAt: null, lastSeenAt: null, expiresAt: null };
    expect(pageOf([{ id: 'a', createdAt: AT, lastSeenAt: AT, expiresAt: AT }], {}).sessions).toMatchObject([times]);
  });

  it('takes the user and the attributes that are named, and no others', () => {
    const item = {
      sid: 7,
      who: { name: 'ada' },
      plan: { name: 'pro', seats: 3, trial: false, tags: ['x'] },
      token: 'x',
    };
    const attrs = { plan: 'plan.name', seats: 'plan.seats', trial: 'plan.trial', tags: 'plan.tags', none: 'no.such' };
    const mapping = { items: 'data.list', id: 'sid', user: 'who.name', attrs };
    expect(pageOf({ data: { list: [item] } }, mapping).sessions).toMatchObject([
      { rest: '7', user: 'ada', attrs: { plan: 'pro', seats: 3, trial: false } },
    ]);
  });

  it('counts items without a usable id as unreadable, and takes the others', () => {
    const items = [{ id: 'a' }, {}, null, 'b', { id: '' }, { id: { deep: 1 } }, { id: 'x'.repeat(4097) }];
    expect(pageOf(items, {})).toMatchObject({ sessions: [{ rest: 'a' }], unreadable: 6 });
  });

  it.each<[string, unknown, object]>([
    ['no list at the top', { items: [] }, {}],
    ['no list at its place', { data: {} }, { items: 'data.list' }],
    ['nothing', null, {}],
  ])('is not believed: %s', (_, document, mapping) => {
    expect(() => pageOf(document, mapping)).toThrow(BadAnswer);
  });
});

describe('the next page', () => {
  it.each<[string, unknown, object, string | null]>([
    ['a path', '/api/sessions?from=2', {}, 'https://shop.example/api/sessions?from=2'],
    ['a query alone', '?from=2', {}, 'https://shop.example/api/sessions?from=2'],
    ['a whole address on the same server', 'https://shop.example/more', {}, 'https://shop.example/more'],
    ['a cursor', 'a b&c', { cursorParam: 'from' }, 'https://shop.example/api/sessions?of=shop&from=a+b%26c'],
    ['a cursor that is a number', 2, { cursorParam: 'from' }, 'https://shop.example/api/sessions?of=shop&from=2'],
    ['null', null, {}, null],
    ['an empty text', '', {}, null],
    ['nothing', undefined, {}, null],
  ])('is where the answer says: %s', (_, next, mapping, address) => {
    expect(pageOf({ list: [], paging: { next } }, { items: 'list', next: 'paging.next', ...mapping }).next).toBe(
      address,
    );
  });

  it.each([
    'https://elsewhere.example/list',
    'http://shop.example/list',
    '//elsewhere.example',
    'https://shop.example:8443/x',
  ])('is not asked for on another server, to which a token must not go: %s', (next) => {
    expect(() => pageOf({ list: [], next }, { items: 'list', next: 'next' })).toThrow(
      'the next page is on another server',
    );
  });

  it('is not asked for where there is no address', () => {
    expect(() => pageOf({ list: [], next: 'https://[' }, { items: 'list', next: 'next' })).toThrow(
      'the next page has no address',
    );
  });
});

describe('an endpoint that only counts', () => {
  it.each<[unknown, number]>([
    [{ stats: { online: 12 } }, 12],
    [{ stats: { online: '12' } }, 12],
    [{ stats: { online: 0 } }, 0],
  ])('says how many: %j', (document, count) => {
    expect(readCount(document, 'stats.online')).toBe(count);
  });

  it.each<unknown>([
    { stats: {} },
    { stats: { online: null } },
    { stats: { online: '' } },
    { stats: { online: true } },
    { stats: { online: [] } },
    { stats: { online: [3] } },
    { stats: { online: -1 } },
    { stats: { online: 1.5 } },
    { stats: { online: 'many' } },
    'nothing',
  ])('is not believed: %j', (document) => {
    expect(() => readCount(document, 'stats.online')).toThrow('no count at stats.online of the answer');
  });
});
