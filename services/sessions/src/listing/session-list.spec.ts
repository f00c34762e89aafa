import type { Attributes, Session } from '@deckwatch/contracts';
import { describeWith, silentLog, startRedis, type RedisServer } from '@deckwatch/testing';
import fc from 'fast-check';
import { aChange, START } from '../../test/changes.ts';
import { RedisConnection } from '../redis/redis-connection.ts';
import { RedisRegistry } from '../registry/redis-registry.ts';
import type { SessionChange } from '../registry/session-change.ts';
import { AppPages } from './app-pages.ts';
import { BadCursor, SessionList, type ListQuery } from './session-list.ts';

const session = fc.record({
  app: fc.constantFrom('shop', 'forum', 'a'),
  id: fc.constantFrom('a', 'b', 'B', 'aa', 'é', '\u{1F600}', '\uFF5E', 'x y', 'z\0z'),
  user: fc.constantFrom(null, 'ada', 'ada b', 'adam', 'Ada', '\0', 'é'),
  attrs: fc.constantFrom<Attributes>({}, { plan: 'Pro' }, { n: 1 }),
  made: fc.integer({ min: 0, max: 3 }),
  seen: fc.integer({ min: 0, max: 3 }),
});
const query = fc.record({
  limit: fc.integer({ min: 1, max: 4 }),
  app: fc.option(fc.constantFrom('shop', 'none'), { nil: undefined }),
  user: fc.option(fc.constantFrom('ada', '\0'), { nil: undefined }),
  search: fc.option(fc.constantFrom('a', 'PRO', 'shop', 'nowhere'), { nil: undefined }),
  sort: fc.constantFrom('lastSeenAt', 'createdAt', 'user'),
  order: fc.constantFrom('asc', 'desc'),
}) as fc.Arbitrary<Omit<ListQuery, 'cursor'>>;

const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What the list should hold, by plain means. */
function expected(sessions: Session[], { app, user, search, sort, order }: Omit<ListQuery, 'cursor'>): Session[] {
  const valueOf = (each: Session) => (each.user === null ? '0' : `1${each.user.replaceAll('\0', '\u0001')}`);
  const text = (each: Session) => [each.id, each.user, each.app, ...Object.values(each.attrs)].join(' ').toLowerCase();
  const found = sessions
    .filter((each) => app === undefined || each.app === app)
    .filter((each) => user === undefined || each.user === user)
    .filter((each) => search === undefined || text(each).includes(search.toLowerCase()));
  found.sort((a, b) => {
    const byValue = sort === 'user' ? bytes(valueOf(a), valueOf(b)) : a[sort] - b[sort];
    return byValue || bytes(a.app, b.app) || bytes(a.id, b.id);
  });
  return order === 'asc' ? found : found.reverse();
}

describeWith('redis')('the list of sessions', () => {
  let server: RedisServer;
  let redis: RedisConnection;
  let registry: RedisRegistry;
  let list: SessionList;
  let now = 0;
  beforeAll(async () => {
    server = await startRedis();
    redis = new RedisConnection({ url: server.url, name: 'test' }, silentLog);
    await redis.client.connect();
    registry = new RedisRegistry(redis);
  });
  beforeEach(async () => {
    await redis.call('flushall');
    list = new SessionList(registry, new AppPages(redis), () => now);
  });
  afterAll(async () => {
    await redis.close();
    await server.stop();
  });

  async function pagesOf(wanted: Omit<ListQuery, 'cursor'>): Promise<{ items: Session[]; total: number }> {
    const items: Session[] = [];
    let cursor: string | undefined;
    let total: number | undefined;
    do {
      const page = await list.page({ ...wanted, cursor });
      expect(page.items.length).toBeLessThanOrEqual(wanted.limit);
      items.push(...page.items);
      total ??= page.total;
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    return { items, total };
  }

  it('shows each session once and in order, page by page, by any sort and filter', async () => {
    const property = fc.asyncProperty(fc.array(session, { maxLength: 25 }), query, async (drafts, wanted) => {
      await redis.call('flushall');
      const sessions = new Map<string, Session>();
      for (const { app, id, user, attrs, made, seen } of drafts) {
        if (sessions.has(`${app} ${id}`)) continue;
        const at = START + made;
        await registry.apply(aChange({ app, id, user, attrs, at, t: null }));
        await registry.apply(aChange({ app, id, op: 'touch', user: null, at: at + seen, t: null }));
        const times = { createdAt: at, lastSeenAt: at + seen, expiresAt: at + seen + 60_000 };
        sessions.set(`${app} ${id}`, { app, id, user, attrs, ...times });
      }
      const all = expected([...sessions.values()], wanted);
      expect(await pagesOf(wanted)).toEqual({ items: all, total: all.length });
    });
    await fc.assert(property, { seed: 5, numRuns: 200 });
  }, 60_000);

  async function fill(count: number, of: (at: number) => Partial<SessionChange>): Promise<void> {
    for (let at = 0; at < count; at += 500) {
      const size = Math.min(500, count - at);
      await registry.applyAll(Array.from({ length: size }, (_, i) => aChange({ id: `s${at + i}`, ...of(at + i) })));
    }
  }

  it('goes on with a search where the last page stopped looking', async () => {
    await fill(6000, (at) => ({ at: START + at, user: at === 100 ? 'needle' : 'straw' }));
    const first = await list.page({ limit: 10, search: 'needle', sort: 'lastSeenAt', order: 'desc' });
    expect(first).toMatchObject({ items: [], total: 6000 });
    const second = await list.page({
      limit: 10,
      search: 'needle',
      sort: 'lastSeenAt',
      order: 'desc',
      cursor: first.nextCursor!,
    });
    expect(second.items.map(({ id }) => id)).toEqual(['s100']);
    expect(second.nextCursor).toBeNull();
  });

  it('stops a search that takes long, and goes on with the next page', async () => {
    await fill(1200, (at) => ({ at: START + at, user: at === 0 ? 'needle' : 'straw' }));
    list = new SessionList(registry, new AppPages(redis), () => (now += 200));
    const { items } = await pagesOf({ limit: 10, search: 'needle', sort: 'lastSeenAt', order: 'desc' });
    expect(items.map(({ id }) => id)).toEqual(['s0']);
    const first = await list.page({ limit: 10, search: 'needle', sort: 'lastSeenAt', order: 'desc' });
    expect(first).toMatchObject({ items: [], nextCursor: expect.any(String), total: 1200 });
  });

  it('pages through a user of very many sessions', async () => {
    await fill(1500, (at) => ({ at: START + at, user: at % 3 === 0 ? 'other' : 'robot' }));
    const { items } = await pagesOf({ limit: 400, user: 'robot', sort: 'createdAt', order: 'asc' });
    expect(items).toHaveLength(1000);
    await fill(700, (at) => ({ id: `more${at}`, at: START + 5000 + at, user: 'robot' }));
    const more = await pagesOf({ limit: 400, user: 'robot', sort: 'createdAt', order: 'asc' });
    expect(new Set(more.items.map(({ id }) => id)).size).toBe(1700);
    expect(more).toMatchObject({ total: 1700 });
  });

  it('refuses cursors of others and of another order', async () => {
    await fill(3, () => ({}));
    const { nextCursor } = await list.page({ limit: 1, sort: 'lastSeenAt', order: 'desc' });
    const twisted = { limit: 1, sort: 'lastSeenAt', order: 'asc', cursor: nextCursor! } as const;
    await expect(list.page(twisted)).rejects.toBeInstanceOf(BadCursor);
    await expect(list.page({ ...twisted, cursor: 'e30' })).rejects.toBeInstanceOf(BadCursor);
  });
});
