import { factsOf, valueAt, type SessionFacts } from '../held/facts.ts';
import type { HttpSourceSettings } from '../source-settings.ts';

export interface PolledSession extends SessionFacts {
  rest: string;
  /** Unix milliseconds; null: not told. */
  createdAt: number | null;
  lastSeenAt: number | null;
  expiresAt: number | null;
}

export interface PolledPage {
  sessions: PolledSession[];
  /** Items without a usable id. */
  unreadable: number;
  /** The next page's address; null: this was the last. */
  next: string | null;
}

/** An answer is not what the settings say of it. */
export class BadAnswer extends Error {}

const MOST_ID = 4096;
/** A number below it is one of seconds: as milliseconds it would lie before 1974. */
const SECONDS_BEFORE = 100_000_000_000;
/** What a Date can hold. */
const LATEST = 8_640_000_000_000_000;

/** Reads one page of an endpoint's list. Throws BadAnswer. */
export function readPage(document: unknown, settings: HttpSourceSettings, url: string): PolledPage {
  const items = settings.items === undefined ? document : valueAt(document, settings.items);
  if (!Array.isArray(items)) throw new BadAnswer(`no list at ${settings.items ?? 'the top'} of the answer`);
  const places = { user: settings.user === undefined ? [] : [settings.user], attrs: settings.attrs };
  const sessions = items.flatMap((item: unknown): PolledSession[] => {
    const rest = idOf(valueAt(item, settings.id));
    if (rest === undefined) return [];
    const timeAt = (path: string | undefined) => (path === undefined ? null : timeOf(valueAt(item, path)));
    const { createdAt, lastSeenAt, expiresAt } = settings;
    const times = { createdAt: timeAt(createdAt), lastSeenAt: timeAt(lastSeenAt), expiresAt: timeAt(expiresAt) };
    return [{ rest, ...factsOf(item, places), ...times }];
  });
  return { sessions, unreadable: items.length - sessions.length, next: nextOf(document, settings, url) };
}

/** Reads the number of an endpoint that only counts. Throws BadAnswer. */
export function readCount(document: unknown, path: string): number {
  const value = valueAt(document, path);
  // null, an empty text and the like do not say that nobody is there.
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0)
    throw new BadAnswer(`no count at ${path} of the answer`);
  return count;
}

function nextOf(document: unknown, { next, cursorParam }: HttpSourceSettings, url: string): string | null {
  const value = next === undefined ? undefined : valueAt(document, next);
  if ((typeof value !== 'string' && typeof value !== 'number') || value === '') return null;
  if (cursorParam !== undefined) {
    const address = new URL(url);
    address.searchParams.set(cursorParam, String(value));
    return address.href;
  }
  if (!URL.canParse(String(value), url)) throw new BadAnswer('the next page has no address');
  const address = new URL(String(value), url);
  // Headers with a token go with it: never to another server.
  if (address.origin !== new URL(url).origin) throw new BadAnswer('the next page is on another server');
  return address.href;
}

function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= MOST_ID ? value : undefined;
}

const DIGITS = /^\d+(\.\d+)?$/;

/** Unix seconds, Unix milliseconds or ISO 8601, numbers as texts too, as whole Unix milliseconds; null: none of them. */
function timeOf(value: unknown): number | null {
  const text = typeof value === 'string' && !DIGITS.test(value);
  const number = text ? Date.parse(value) : typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !(number > 0)) return null;
  const ms = !text && number < SECONDS_BEFORE ? number * 1000 : number;
  return ms <= LATEST ? Math.round(ms) : null;
}
