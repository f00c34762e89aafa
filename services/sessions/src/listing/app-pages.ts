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

export interface Order {
  sort: Cursor['sort'];
  order: Cursor['order'];
  /** Narrows the sort by user to this one; the sorts by time don't know it. */
  user?: string;
}

/** The next entries of one app after a place, which may be another app's; null: from the start. */
export interface PageRequest {
  app: string;
  after: Place | null;
  count: number;
}
export type Place = Pick<Cursor, 'value' | 'app' | 'id'>;

/** Places of the sessions of single apps in order, from their sorted sets; any number of pages in one round trip. */
export class AppPages {
  constructor(private readonly redis: RedisConnection) {}

  read(requests: readonly PageRequest[], order: Order): Promise<Entry[][]> {
    return order.sort === 'user' ? this.byUser(requests, order) : this.byTime(requests, order);
  }

  /** How many sessions these apps have, of one user or of all. */
  async total(user: string | undefined, apps: readonly string[]): Promise<number> {
    const ask = (app: string): [string, ...string[]] =>
      user === undefined ? ['zcard', keys.seen(app)] : ['zlexcount', keys.users(app), ...rangeOf(user)];
    const replies = await this.redis.pipe(apps.map(ask));
    return replies.reduce<number>((sum, reply) => sum + (good(reply) as number), 0);
  }

  private async byTime(requests: readonly PageRequest[], { sort, order }: Order): Promise<Entry[][]> {
    const keyOf = sort === 'createdAt' ? keys.made : keys.seen;
    const reversed = order === 'desc' ? 1 : 0;
    const calls = requests.map(({ app, after, count }) => {
      const at = after ? [whereIn(app, after, order), after.value, after.id] : ['', '', ''];
      return { key: keyOf(app), args: [reversed, count, ...at] };
    });
    const replies = await this.redis.runAll(PAGE_BY_SCORE, calls);
    return replies.map((reply, at) => timeEntries(requests[at]!.app, good(reply) as string[]));
  }

  private async byUser(requests: readonly PageRequest[], { order, user }: Order): Promise<Entry[][]> {
    const replies = await this.redis.pipe(
      requests.map(({ app, after, count }) => {
        let [low, high] = user === undefined ? ['-', '+'] : rangeOf(user);
        const edge = after && edgeIn(app, after, order);
        if (edge && order === 'asc') low = edge;
        else if (edge) high = edge;
        return order === 'asc'
          ? ['zrangebylex', keys.users(app), low, high, 'LIMIT', 0, count]
          : ['zrevrangebylex', keys.users(app), high, low, 'LIMIT', 0, count];
      }),
    );
    return replies.map((reply, at) => (good(reply) as string[]).map((member) => userEntry(requests[at]!.app, member)));
  }
}

/** Where in another app's set the place lies: ties are ordered by app, so all of its ties lie on one side. */
function whereIn(app: string, place: Place, order: Cursor['order']): 'at' | 'before' | 'after' {
  if (app === place.app) return 'at';
  return app < place.app === (order === 'asc') ? 'after' : 'before';
}

/** The first or last entry that still belongs to the page, in the language of ZRANGEBYLEX. */
function edgeIn(app: string, place: Place, order: Cursor['order']): string {
  if (app === place.app) return `(${place.value}\0${place.id}`;
  const passed = app < place.app === (order === 'asc');
  if (order === 'asc') return passed ? `[${place.value}\u0001` : `[${place.value}\0`;
  return passed ? `(${place.value}\0` : `(${place.value}\u0001`;
}

function rangeOf(user: string): [low: string, high: string] {
  const prefix = userPrefix(user);
  return [`[${prefix}\0`, `(${prefix}\u0001`];
}

function timeEntries(app: string, flat: readonly string[]): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) entries.push({ app, id: flat[at]!, value: Number(flat[at + 1]) });
  return entries;
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
