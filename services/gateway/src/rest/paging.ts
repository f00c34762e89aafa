import { ProblemError } from './problem.ts';

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  total: number;
}

type SortKey = string | number | null;

export interface PageRequest<T> {
  limit: number;
  cursor?: string;
  /** What the list is sorted by; null sorts last, whatever the order. */
  sortKey(item: T): SortKey;
  order: 'asc' | 'desc';
  /** Tells items with equal sort keys apart, so that the order is total. */
  id(item: T): string;
}

type Place = [SortKey, string];

/** One page of a list that may change between two requests: a cursor names the last item seen, not a number. */
export function pageOf<T>(all: readonly T[], request: PageRequest<T>): Page<T> {
  const { sortKey, id, limit, cursor } = request;
  const compare = comparer(request.order);
  const placed = all.map((item): { item: T; place: Place } => ({ item, place: [sortKey(item), id(item)] }));
  placed.sort((a, b) => compare(a.place, b.place));
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const start = after ? placed.findIndex(({ place }) => compare(place, after) > 0) : 0;
  const page = start < 0 ? [] : placed.slice(start, start + limit);
  const last = page.at(-1);
  const more = start >= 0 && start + limit < placed.length;
  return {
    items: page.map(({ item }) => item),
    nextCursor: more && last ? writeCursor(last.place) : null,
    total: all.length,
  };
}

function comparer(order: 'asc' | 'desc'): (a: Place, b: Place) => number {
  const sign = order === 'asc' ? 1 : -1;
  return ([a, idA], [b, idB]) => {
    if (a !== b && (a === null || b === null)) return a === null ? 1 : -1;
    if (a !== b) return a! < b! ? -sign : sign;
    return idA < idB ? -1 : idA > idB ? 1 : 0;
  };
}

function writeCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function readCursor(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(place) && place.length === 2 && typeof place[1] === 'string' && isSortKey(place[0]))
      return place as Place;
  } catch {
    // not JSON: said below
  }
  throw new ProblemError(400, 'the request does not fit', [
    { path: 'query.cursor', message: 'not a cursor of this list' },
  ]);
}

function isSortKey(value: unknown): value is SortKey {
  return value === null || typeof value === 'string' || typeof value === 'number';
}
