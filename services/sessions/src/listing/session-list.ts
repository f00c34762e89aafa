import type { Session } from '@deckwatch/contracts';
import type { RedisRegistry } from '../registry/redis-registry.ts';
import { readCursor, writeCursor, type Cursor } from './cursor.ts';
import { compareEntries, type AppPages, type Entry, type Place } from './app-pages.ts';
import { MergedEntries } from './merged-entries.ts';

export interface ListQuery {
  limit: number;
  cursor?: string;
  app?: string;
  user?: string;
  /** Part of an id, user, app or attribute, in any case. */
  search?: string;
  sort: Cursor['sort'];
  order: Cursor['order'];
}

export interface ListPage {
  items: Session[];
  nextCursor: string | null;
  /**
   * How many sessions there are of that app and user. With `search` it is exact when the first page has seen all;
   * else it is the number of those that are searched.
   */
  total: number;
}

/** The cursor is not ours. */
export class BadCursor extends Error {
  constructor() {
    super('cursor: not one that this list has given with this sort and order');
    this.name = 'BadCursor';
  }
}

/** Sessions that one request looks at in search of matches, and for how long; its cursor goes on from there. */
const SEARCHED = 5000;
const SEARCH_MS = 300;
const SEARCH_STEP = 500;
/** Up to here the sessions of one user are sorted by time in memory; a user of more is searched for. */
const FEW = 1000;

type Wanted = (session: Session) => boolean;
interface Match {
  entry: Entry;
  session: Session;
}

/** Pages of the live sessions, merged from the sorted sets of the apps. */
export class SessionList {
  constructor(
    private readonly registry: Pick<RedisRegistry, 'count' | 'getAll'>,
    private readonly pages: AppPages,
    private readonly now: () => number,
  ) {}

  /** Throws BadCursor, RedisAway. */
  async page(query: ListQuery): Promise<ListPage> {
    const { sort, order, cursor, user } = query;
    const place = cursor === undefined ? null : readCursor(cursor, sort, order);
    if (place === undefined) throw new BadCursor();
    const apps = await this.appsOf(query);
    const total = await this.pages.total(user, apps);
    const wanted = wantedBy(query);
    if (user !== undefined && sort !== 'user' && total <= FEW) return this.ofUser(query, apps, place, wanted);
    if (query.search || (user !== undefined && sort !== 'user')) return this.search(query, apps, place, wanted, total);
    return this.plain(query, apps, place, total);
  }

  private async appsOf({ app }: ListQuery): Promise<string[]> {
    const { byApp } = await this.registry.count(0);
    const names = Object.keys(byApp).filter((name) => byApp[name]! > 0);
    return app === undefined ? names : names.filter((name) => name === app);
  }

  private async plain(query: ListQuery, apps: string[], place: Cursor | null, total: number): Promise<ListPage> {
    const entries = await new MergedEntries(this.pages, query, apps, place, query.limit).take(query.limit + 1);
    const shown = entries.slice(0, query.limit);
    const last = entries.length > query.limit ? shown.at(-1) : undefined;
    return { items: await this.registry.getAll(shown), nextCursor: last ? cursorOf(last, query) : null, total };
  }

  /** The few sessions of one user, by a time. */
  private async ofUser(query: ListQuery, apps: string[], place: Cursor | null, wanted: Wanted): Promise<ListPage> {
    const sign = query.order === 'asc' ? 1 : -1;
    const all = await new MergedEntries(this.pages, { ...query, sort: 'user' }, apps, null, FEW).take(FEW);
    const matches = (await this.matches(all, wanted)).map(({ session }) => ({
      session,
      entry: entryOf(session, query.sort),
    }));
    matches.sort((a, b) => sign * compareEntries(a.entry, b.entry));
    const rest = place ? matches.filter(({ entry }) => sign * compareEntries(entry, place) > 0) : matches;
    return { ...pageFrom(rest, query), total: matches.length };
  }

  /** Looks through the sessions in order, a bounded number of them, until the page is full. */
  private async search(
    query: ListQuery,
    apps: string[],
    from: Cursor | null,
    wanted: Wanted,
    all: number,
  ): Promise<ListPage> {
    const merged = new MergedEntries(this.pages, query, apps, from, SEARCH_STEP);
    const found: Match[] = [];
    let place: Place | null = from;
    let ended = false;
    const until = this.now() + SEARCH_MS;
    for (let looked = 0; looked < SEARCHED && found.length <= query.limit && !ended; looked += SEARCH_STEP) {
      const entries = await merged.take(SEARCH_STEP);
      ended = entries.length < SEARCH_STEP;
      place = entries.at(-1) ?? place;
      found.push(...(await this.matches(entries, wanted)));
      if (this.now() >= until) break;
    }
    const { items, nextCursor } = pageFrom(found, query);
    const further = ended || !place ? null : writeCursor(placeOf(place, query));
    return { items, nextCursor: nextCursor ?? further, total: from === null && ended ? found.length : all };
  }

  private async matches(entries: Entry[], wanted: Wanted): Promise<Match[]> {
    const byKey = new Map(entries.map((entry) => [`${entry.app} ${entry.id}`, entry]));
    const sessions = await this.registry.getAll(entries);
    return sessions.filter(wanted).map((session) => ({ entry: byKey.get(`${session.app} ${session.id}`)!, session }));
  }
}

function wantedBy({ search, user }: ListQuery): Wanted {
  const needle = search?.toLowerCase() ?? '';
  return (session) =>
    (user === undefined || session.user === user) && (needle === '' || textOf(session).includes(needle));
}

function textOf({ id, user, app, attrs }: Session): string {
  return [id, user ?? '', app, ...Object.values(attrs)].join('\n').toLowerCase();
}

function entryOf(session: Session, sort: Cursor['sort']): Entry {
  const value = sort === 'createdAt' ? session.createdAt : session.lastSeenAt;
  return { app: session.app, id: session.id, value };
}

function pageFrom(matches: Match[], query: ListQuery): Pick<ListPage, 'items' | 'nextCursor'> {
  const shown = matches.slice(0, query.limit);
  const last = matches.length > query.limit ? shown.at(-1) : undefined;
  return { items: shown.map(({ session }) => session), nextCursor: last ? cursorOf(last.entry, query) : null };
}

function placeOf({ value, app, id }: Place, { sort, order }: Pick<ListQuery, 'sort' | 'order'>): Cursor {
  return { sort, order, value, app, id };
}

function cursorOf(entry: Entry, query: Pick<ListQuery, 'sort' | 'order'>): string {
  return writeCursor(placeOf(entry, query));
}
