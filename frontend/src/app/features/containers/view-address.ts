import type { ParamMap, Params } from '@angular/router';
import { GROUPINGS, type Grouping } from './container-groups.ts';
import type { Filter } from './container-list.ts';
import { SORT_KEYS, type Sort, type SortKey } from './container-order.ts';

export interface ViewChoice {
  filter: Filter;
  sort: Sort;
  /** Empty: not grouped. */
  group: Grouping | '';
  /** Names of groups whose rows are not shown. */
  closed: readonly string[];
}

export const DEFAULT_SORT: Sort = { key: 'name', descending: false };
export const VIEW_NAMES = ['q', 'state', 'host', 'project', 'label', 'sort', 'group', 'closed'] as const;

/** What an address says of the view; what it can't mean is passed over. */
export function readAddress(params: Pick<ParamMap, 'get'>): ViewChoice {
  const text = (name: (typeof VIEW_NAMES)[number]): string => params.get(name) ?? '';
  const sort = text('sort');
  const key = sort.replace(/^-/, '') as SortKey;
  const group = text('group') as Grouping;
  const closed = params.get('closed');
  return {
    filter: {
      search: text('q'),
      state: text('state'),
      host: text('host'),
      project: text('project'),
      label: text('label'),
    },
    sort: SORT_KEYS.includes(key) ? { key, descending: sort.startsWith('-') } : DEFAULT_SORT,
    group: GROUPINGS.includes(group) ? group : '',
    closed: closed === null ? [] : closed.split(',').map(decode),
  };
}

/** The view as query parameters, without what is as usual. */
export function writeAddress({ filter, sort, group, closed }: ViewChoice): Params {
  const { search, ...others } = filter;
  const named = { q: search, ...others, sort: wordOf(sort), group };
  const params: Params = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ''));
  return group === '' || closed.length === 0 ? params : { ...params, closed: closed.map(encode).join(',') };
}

/**
 * The same for the list by HTTP: its first page begins as the table does. Null where the list knows no such filter or
 * order.
 */
export function listTerms({ filter, sort, group }: ViewChoice): Record<string, string> | null {
  const { search, state, host, project, label } = filter;
  const key = LIST_SORTS[sort.key];
  if (key === undefined || group !== '' || search !== '' || label !== '' || state === 'troubled') return null;
  const descending = sort.key === 'uptime' ? !sort.descending : sort.descending;
  const terms = { sort: key, order: descending ? 'desc' : 'asc', host, state, project };
  return Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== ''));
}

const LIST_SORTS: Partial<Record<SortKey, string>> = {
  ...{ name: 'name', host: 'host', cpu: 'cpu', mem: 'mem', rx: 'rx', tx: 'tx', rd: 'rd', wr: 'wr', pids: 'pids' },
  uptime: 'startedAt',
};

function wordOf({ key, descending }: Sort): string {
  if (key === DEFAULT_SORT.key && !descending) return '';
  return `${descending ? '-' : ''}${key}`;
}

/** Names of groups may hold the comma that parts them. */
const encode = (name: string): string => name.replace(/[%,]/g, (sign) => (sign === ',' ? '%2C' : '%25'));
const decode = (name: string): string => name.replace(/%2C/g, ',').replace(/%25/g, '%');
