import type { ParamMap, Params } from '@angular/router';
import { SORT_KEYS, type Filter, type Sort, type SortKey } from './container-list.ts';

export interface ViewChoice {
  filter: Filter;
  sort: Sort;
}

const DEFAULT_SORT: Sort = { key: 'name', descending: false };

/** What an address says of the view; what it can't mean is passed over. */
export function readAddress(params: Pick<ParamMap, 'get'>): ViewChoice {
  const text = (name: string): string => params.get(name) ?? '';
  const sort = text('sort');
  const key = sort.replace(/^-/, '') as SortKey;
  return {
    filter: { search: text('q'), state: text('state'), host: text('host') },
    sort: SORT_KEYS.includes(key) ? { key, descending: sort.startsWith('-') } : DEFAULT_SORT,
  };
}

/** The view as query parameters, without what is as usual. */
export function writeAddress({ filter, sort }: ViewChoice): Params {
  const named = { q: filter.search, state: filter.state, host: filter.host, sort: wordOf(sort) };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ''));
}

function wordOf({ key, descending }: Sort): string {
  if (key === DEFAULT_SORT.key && !descending) return '';
  return `${descending ? '-' : ''}${key}`;
}
