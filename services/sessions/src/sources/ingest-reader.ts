import { SessionIngest, token, type SessionIngestItem } from '@deckwatch/contracts';
import { z } from 'zod';
import { boundedTime, type SessionChange } from '../registry/session-change.ts';
import { NotTaken } from './session-source.ts';

const MAX_APP_LENGTH = 128;
/** Attributes as JSON, in characters: an event must fit into any broker's message. */
export const MAX_ATTRS_LENGTH = 8192;
const REASONS = { start: 'login', touch: 'unknown', end: 'logout' } as const;

/** Turns one ingest message into a change. Throws NotTaken with the fault. */
export function readIngest(app: string, message: unknown, at: number): SessionChange {
  const parsed = SessionIngest.safeParse(message);
  if (!parsed.success) throw new NotTaken(faultText(parsed.error), false);
  return changeOf({ app, ...parsed.data }, at);
}

/**
 * A checked item as a change: the app's name as it stands in subjects, the sender's time bounded. A touch that makes a
 * session has reason `unknown`: nobody saw it begin. Throws NotTaken.
 */
export function changeOf(item: SessionIngestItem, at: number): SessionChange {
  const app = token(item.app);
  if (app.length > MAX_APP_LENGTH) throw new NotTaken(`app: at most ${MAX_APP_LENGTH} characters`, false);
  if (JSON.stringify(item.attrs).length > MAX_ATTRS_LENGTH) {
    throw new NotTaken(`attrs: at most ${MAX_ATTRS_LENGTH} characters as JSON`, false);
  }
  const { op, ttlMs, attrs } = item;
  const id = wellFormed(item.id);
  const user = item.user === null ? null : wellFormed(item.user);
  return { app, id, op, user, attrs, ttlMs, t: boundedTime(item.t, at), at, reason: REASONS[op] };
}

/** As it comes back from Redis: half a surrogate pair does not survive UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function faultText(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
}
