import type { Attributes } from '@deckwatch/contracts';
import { attrsText } from '../../registry/session-change.ts';

const MOST_USER = 256;
const MOST_TEXT = 1000;

/** What may be shown of a session's document. */
export interface SessionFacts {
  user: string | null;
  attrs: Attributes;
}

export interface FactPlaces {
  /** The first place where there is a name or number says who it is. */
  user: readonly string[];
  attrs: Readonly<Record<string, string>>;
}

/** Takes from a document only what is named: the user, and the attributes of the mapping. */
export function factsOf(document: unknown, places: FactPlaces): SessionFacts {
  const user = places.user.map((path) => valueAt(document, path)).find((value) => nameOf(value) !== null);
  const attrs: Attributes = {};
  for (const [name, path] of Object.entries(places.attrs)) {
    const value = valueAt(document, path);
    if (typeof value === 'string') attrs[name] = wellFormed(value.slice(0, MOST_TEXT));
    else if (typeof value === 'number' || typeof value === 'boolean') attrs[name] = value;
  }
  return { user: nameOf(user), attrs };
}

/** A number by which two states of a session are told apart: of 53 bits, so that a mistake takes longer than the world. */
export function factsMark({ user, attrs }: SessionFacts): number {
  const text = user === null ? attrsText(attrs) : `${attrsText(attrs)}${user}`;
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  return 4294967296 * (2097151 & high) + (low >>> 0);
}

/** The value at a path of own properties, `user.name`; undefined where there is none. */
export function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const name of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function nameOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? wellFormed(value.slice(0, MOST_USER)) : null;
}

/** As it comes back from Redis: half a surrogate pair does not survive UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
