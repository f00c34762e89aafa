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
type Placed<T> = { item: T; place: Place };
type Compare = (a: Place, b: Place) => number;

/** One page of a list that may change between two requests: a cursor names the last item seen, not a number. */
export function pageOf<T>(all: readonly T[], request: PageRequest<T>): Page<T> {
  const { sortKey, id, limit, cursor } = request;
  const compare = comparer(request.order);
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const first = new First<T>(limit + 1, compare);
  for (const item of all) {
    const place: Place = [sortKey(item), id(item)];
    if (!after || compare(place, after) > 0) first.offer({ item, place });
  }
  const page = first.kept.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    nextCursor: first.kept.length > limit && last ? writeCursor(last.place) : null,
    total: all.length,
  };
}

/** The first so many of what it is offered, in order: a page of a long list needs no more of it sorted. */
class First<T> {
  readonly kept: Placed<T>[] = [];

  constructor(
    private readonly most: number,
    private readonly compare: Compare,
  ) {}

  offer(one: Placed<T>): void {
    const { kept, most } = this;
    if (kept.length === most && this.compare(one.place, kept[most - 1]!.place) >= 0) return;
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.compare(kept[middle]!.place, one.place) <= 0) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, one);
    if (kept.length > most) kept.pop();
  }
}

function comparer(order: 'asc' | 'desc'): Compare {
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
