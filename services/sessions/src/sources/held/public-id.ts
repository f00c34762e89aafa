import { createHmac } from 'node:crypto';

const LENGTH = 22;

/**
 * Ids at a source are often credentials. What others get to see instead: the first 22 characters of
 * base64url(HMAC-SHA-256(installation key, id)), the same for as long as the key is.
 */
export function publicIds(key: Buffer): (id: string) => string {
  return (id) => createHmac('sha256', key).update(id).digest('base64url').slice(0, LENGTH);
}
