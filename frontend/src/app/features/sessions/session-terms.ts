import type { ParamMap, Params } from '@angular/router';
import type { Session, SessionEvent } from '@deckwatch/contracts';
import { isRecord } from '../../core/frames.ts';

export const SESSION_SORTS = ['createdAt', 'lastSeenAt', 'user'] as const;
export type SessionSort = (typeof SESSION_SORTS)[number];

/** Which sessions are listed, and in which order. Empty: all. */
export interface SessionChoice {
  search: string;
  app: string;
  /** A user's whole name. */
  user: string;
  sort: SessionSort;
  descending: boolean;
}

export const TERM_NAMES = ['q', 'app', 'user', 'sort'] as const;
const USUAL = '-createdAt';

/** What an address says; what it can't mean is passed over. */
export function readTerms(params: Pick<ParamMap, 'get'>): SessionChoice {
  const word = params.get('sort') ?? USUAL;
  const sort = SESSION_SORTS.find((name) => name === word.replace(/^-/, ''));
  return {
    search: params.get('q') ?? '',
    app: params.get('app') ?? '',
    user: params.get('user') ?? '',
    sort: sort ?? 'createdAt',
    descending: sort === undefined || word.startsWith('-'),
  };
}

/** The same as query parameters, without what is as usual. */
export function writeTerms({ search, app, user, sort, descending }: SessionChoice): Params {
  const word = `${descending ? '-' : ''}${sort}`;
  const named = { q: search, app, user, sort: word === USUAL ? '' : word };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ''));
}

/** The same for the list by HTTP. */
export function listQuery({ search, app, user, sort, descending }: SessionChoice, limit: number): string {
  const terms = { search: search.trim(), app, user, sort, order: descending ? 'desc' : 'asc', limit: String(limit) };
  return new URLSearchParams(Object.entries(terms).filter(([, value]) => value !== '')).toString();
}

/** Whether a session is among those chosen, as the list by HTTP sees it. */
export function isChosen({ app, id, user, attrs }: SessionEvent, choice: SessionChoice): boolean {
  if (choice.app !== '' && app !== choice.app) return false;
  if (choice.user !== '' && user !== choice.user) return false;
  const needle = choice.search.trim().toLowerCase();
  return needle === '' || [id, user ?? '', app, ...Object.values(attrs)].join('\n').toLowerCase().includes(needle);
}

export function keyOf({ app, id }: { app: string; id: string }): string {
  return `${app} ${id}`;
}

export function isSession(item: unknown): item is Session {
  if (!isRecord(item) || !isRecord(item['attrs'])) return false;
  if (typeof item['createdAt'] !== 'number' || typeof item['lastSeenAt'] !== 'number') return false;
  return typeof item['app'] === 'string' && typeof item['id'] === 'string';
}
