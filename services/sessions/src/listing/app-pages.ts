import type { RedisConnection, Reply } from '../redis/redis-connection.ts';
import { keys, userPrefix } from '../registry/registry-keys.ts';
import type { Cursor } from './cursor.ts';
import { PAGE_BY_SCORE } from './page-scripts.ts';

/** A session's place in a list. */
export interface Entry {
  app: string;
  id: string;
  /** What the list is sorted by. */
  value: number | string;
}

interface Order {
  sort: Cursor['sort'];
  order: Cursor['order'];
  user?: string;
}

/**
 * Places of sessions in order, over several apps: by (value, app, id). Each app has sorted sets of its own; a page is
 * merged from as much of each as it may need. `user` narrows the sort by user to that one; the sorts by time don't
 * know it.
 */
export class AppPages {
  constructor(private readonly redis: RedisConnection) {}

  /** At most `count` entries after a place, or from the start. */
  async after(place: Cursor | null, order: Order, apps: readonly string[], count: number): Promise<Entry[]> {
    const lists =
      order.sort === 'user'
        ? await this.byUser(place, order, apps, count)
        : await this.byTime(place, order, apps, count);
    const sign = order.order === 'asc' ? 1 : -1;
    return lists.flat().sort((a, b) => sign * compareEntries(a, b)).slice(0, count); // prettier-ignore
  }

  /** How many sessions these apps have, of one user or of all. */
  async total(user: string | undefined, apps: readonly string[]): Promise<number> {
    const ask = (app: string): [string, ...string[]] =>
      user === undefined ? ['zcard', keys.seen(app)] : ['zlexcount', keys.users(app), ...rangeOf(user)];
    const replies = await this.redis.pipe(apps.map(ask));
    return replies.reduce<number>((sum, reply) => sum + (good(reply) as number), 0);
  }

  private async byTime(
    place: Cursor | null,
    { sort, order }: Order,
    apps: readonly string[],
    count: number,
  ): Promise<Entry[][]> {
    const keyOf = sort === 'createdAt' ? keys.made : keys.seen;
    const reversed = order === 'desc' ? 1 : 0;
    const pages = apps.map(async (app) => {
      const at = place ? [whereIn(app, place, order), place.value, place.id] : ['', '', ''];
      const flat = (await this.redis.run(PAGE_BY_SCORE, keyOf(app), [reversed, count, ...at])) as string[];
      const entries: Entry[] = [];
      for (let i = 0; i + 1 < flat.length; i += 2) entries.push({ app, id: flat[i]!, value: Number(flat[i + 1]) });
      return entries;
    });
    return Promise.all(pages);
  }

  private async byUser(
    place: Cursor | null,
    { order, user }: Order,
    apps: readonly string[],
    count: number,
  ): Promise<Entry[][]> {
    const replies = await this.redis.pipe(
      apps.map((app) => {
        let [low, high] = user === undefined ? ['-', '+'] : rangeOf(user);
        const edge = place && edgeIn(app, place, order);
        if (edge && order === 'asc') low = edge;
        else if (edge) high = edge;
        return order === 'asc'
          ? ['zrangebylex', keys.users(app), low, high, 'LIMIT', 0, count]
          : ['zrevrangebylex', keys.users(app), high, low, 'LIMIT', 0, count];
      }),
    );
    return replies.map((reply, at) => (good(reply) as string[]).map((member) => userEntry(apps[at]!, member)));
  }
}

/** Where in another app's set the place lies: ties are ordered by app, so all of its ties lie on one side. */
function whereIn(app: string, place: Cursor, order: Cursor['order']): 'at' | 'before' | 'after' {
  if (app === place.app) return 'at';
  return app < place.app === (order === 'asc') ? 'after' : 'before';
}

/** The first or last entry that still belongs to the page, in the language of ZRANGEBYLEX. */
function edgeIn(app: string, place: Cursor, order: Cursor['order']): string {
  if (app === place.app) return `(${place.value}\0${place.id}`;
  const passed = app < place.app === (order === 'asc');
  if (order === 'asc') return passed ? `[${place.value}\u0001` : `[${place.value}\0`;
  return passed ? `(${place.value}\0` : `(${place.value}\u0001`;
}

function rangeOf(user: string): [low: string, high: string] {
  const prefix = userPrefix(user);
  return [`[${prefix}\0`, `(${prefix}\u0001`];
}

function userEntry(app: string, member: string): Entry {
  const cut = member.indexOf('\0');
  return { app, id: member.slice(cut + 1), value: member.slice(0, cut) };
}

/** By value, then app, then id; texts by their bytes, as Redis does. */
export function compareEntries(a: Entry, b: Entry): number {
  if (typeof a.value === 'number' && typeof b.value === 'number') {
    if (a.value !== b.value) return a.value - b.value;
  } else if (a.value !== b.value) {
    return Buffer.compare(Buffer.from(String(a.value)), Buffer.from(String(b.value)));
  }
  if (a.app !== b.app) return a.app < b.app ? -1 : 1;
  return Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
}

function good(reply: Reply): Reply {
  if (reply instanceof Error) throw reply;
  return reply;
}
