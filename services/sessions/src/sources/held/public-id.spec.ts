import { createHmac } from 'node:crypto';
import { publicIds } from './public-id.ts';

describe('the public id of a session', () => {
  it.each([
    ['a usual key', Buffer.alloc(32, 7)],
    ['a key as long as a block', Buffer.alloc(64, 1)],
    ['a longer key', Buffer.alloc(100, 9)],
  ])('is the beginning of the HMAC by %s', (_, key) => {
    const idOf = publicIds(key);
    for (const id of ['', 'abc', 'é\u{1F600}', 'x'.repeat(1000)]) {
      expect(idOf(id)).toBe(createHmac('sha256', key).update(id).digest('base64url').slice(0, 22));
    }
  });
});
