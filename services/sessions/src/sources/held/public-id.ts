import { hash } from 'node:crypto';

const LENGTH = 22;
const BLOCK = 64;

/**
 * Ids at a source are often credentials. What others get to see instead: the first 22 characters of
 * base64url(HMAC-SHA-256(installation key, id)), the same for as long as the key is. Two hashes of prepared blocks (RFC
 * 2104) take a third of the time of createHmac, which matters when a million sessions are compared.
 */
export function publicIds(key: Buffer): (id: string) => string {
  const block = Buffer.alloc(BLOCK);
  (key.length > BLOCK ? hash('sha256', key, 'buffer') : key).copy(block);
  const inner = block.map((byte) => byte ^ 0x36);
  const outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(32)]);
  return (id) => {
    hash('sha256', Buffer.concat([inner, Buffer.from(id)]), 'buffer').copy(outer, BLOCK);
    return hash('sha256', outer, 'base64url').slice(0, LENGTH);
  };
}
