import { inflateSync } from 'node:zlib';
import type { ShapeName } from '../../source-settings.ts';
import { readJava } from './java.ts';
import { readPhp } from './php.ts';
import { fieldsOf, json, MOST_BYTES, textOf, Unreadable, type SessionShape } from './shape.ts';

/** express-session in connect-redis: JSON under `sess:<id>`; the user is where Passport or habit puts him. */
const connectRedis: SessionShape = {
  prefix: 'sess:',
  match: '*',
  type: 'string',
  user: ['passport.user.username', 'passport.user.email', 'passport.user.id', 'passport.user', 'user.username', 'user.email', 'user.name', 'user.id', 'user', 'username', 'userId'], // prettier-ignore
  read: (value) => json(textOf(value)),
};

/**
 * Django's sessions in a cache on Redis: what `signing.dumps` made (`data:time:signature`, a dot before compressed
 * data), the older base64 of `signature:JSON`, or plain JSON. Pickled sessions count, but can't be looked into.
 */
const django: SessionShape = {
  prefix: ':1:django.contrib.sessions.cache',
  match: '*',
  type: 'string',
  user: ['_auth_user_id'],
  read: (value) => readDjango(textOf(value)),
};

function readDjango(text: string): unknown {
  if (text.startsWith('{')) return json(text);
  const signed = /^(\.?)([\w-]+):[\w-]+:[\w-]+$/.exec(text);
  if (signed) {
    const bytes = Buffer.from(signed[2]!, 'base64url');
    return json(signed[1] ? inflated(bytes) : bytes.toString());
  }
  const [, document] = /^[0-9a-f]{40,64}:(\{.*\})$/s.exec(Buffer.from(text, 'base64').toString()) ?? [];
  if (document === undefined) throw new Unreadable('neither JSON nor signed JSON (a pickled session?)');
  return json(document);
}

function inflated(bytes: Buffer): string {
  try {
    return inflateSync(bytes, { maxOutputLength: MOST_BYTES }).toString();
  } catch (error) {
    throw new Unreadable('compressed data is damaged', { cause: error });
  }
}

const LARAVEL_ID = /^[A-Za-z0-9]{40}$/;
const SHA1 = /^[0-9a-f]{40}$/;

/**
 * Laravel: PHP's serialize() of a string that is PHP's serialize() of the session, or its JSON. They lie in a cache, whose
 * other entries are none: an id has 40 letters and digits, and the limiter of requests uses hashes, in lower case.
 */
const laravel: SessionShape = {
  prefix: 'laravel-database-laravel-cache-',
  match: '?'.repeat(40),
  type: 'string',
  isSession: (rest) => LARAVEL_ID.test(rest) && !SHA1.test(rest),
  user: ['login_web_59ba36addc2b2f9401580f014c7f58ea4e30989d', 'login_web'],
  read: (value) => {
    if (!Buffer.isBuffer(value) || value.length > MOST_BYTES) throw new Unreadable('not a string of usual length');
    const outer = readPhp(value);
    if (typeof outer !== 'string') return outer;
    return outer.startsWith('{') ? json(outer) : readPhp(Buffer.from(outer));
  },
};

const SPRING_FIELD = 'sessionAttr:';
const PRINCIPAL = 'org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME';

/**
 * Spring Session: a hash a session. With an indexed repository it outlives the session by five minutes, and the key
 * `expires:<id>` beside it ends when the session does; lists by minute of expiry and by user are no sessions.
 */
const spring: SessionShape = {
  prefix: 'spring:session:sessions:',
  match: '*',
  type: 'hash',
  user: ['principal'],
  isSession: (rest) => !rest.startsWith('expires:'),
  markerOf: (rest) => (rest.startsWith('expires:') ? rest.slice('expires:'.length) : undefined),
  read: (value) => {
    const fields = fieldsOf(value);
    const document: Record<string, unknown> = { principal: readJava(fields.get(SPRING_FIELD + PRINCIPAL)) };
    for (const name of ['creationTime', 'lastAccessedTime', 'maxInactiveInterval']) {
      document[name] = readJava(fields.get(name));
    }
    const attrs = [...fields].filter(([name]) => name.startsWith(SPRING_FIELD) && !name.endsWith(PRINCIPAL));
    document['attrs'] = Object.fromEntries(
      attrs.map(([name, bytes]) => [name.slice(SPRING_FIELD.length), readJava(bytes)]),
    );
    return document;
  },
  expiresAt: (document) => {
    const { lastAccessedTime, maxInactiveInterval } = document as Record<string, unknown>;
    if (typeof lastAccessedTime !== 'number' || typeof maxInactiveInterval !== 'number') return undefined;
    return maxInactiveInterval < 0 ? undefined : lastAccessedTime + maxInactiveInterval * 1000;
  },
};

/** KATO: JSON with a sliding TTL under `kato:session:session-…`; its pointers and its index match no such key. */
const kato: SessionShape = {
  prefix: 'kato:session:',
  match: 'session-*',
  type: 'string',
  user: ['user_id', 'node_id'],
  read: (value) => json(textOf(value)),
};

const plainJson: SessionShape = {
  prefix: '',
  match: '*',
  type: 'string',
  user: ['user', 'username', 'userId', 'user_id'],
  read: (value) => json(textOf(value)),
};

const hash: SessionShape = {
  prefix: '',
  match: '*',
  type: 'hash',
  user: ['user', 'username', 'userId', 'user_id'],
  read: (value) => Object.fromEntries([...fieldsOf(value)].map(([name, bytes]) => [name, bytes.toString()])),
};

export const SHAPE_BY_NAME: Record<ShapeName, SessionShape> = {
  'connect-redis': connectRedis,
  django,
  laravel,
  spring,
  kato,
  json: plainJson,
  hash,
};
