import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { weigh } from './budget.mjs';

const EMPTY_GZIP = 100;
const noise = new Map([20_000, 30_000, 50_000].map((size) => [`${size}.js`, randomBytes(size)]));
const read = (/** @type {string} */ file) => noise.get(file) ?? 'x'.repeat(1_000_000);
const isNear = (/** @type {number} */ bytes, /** @type {number} */ expected) =>
  assert.ok(bytes >= expected && bytes < expected + 3 * EMPTY_GZIP, `${bytes} is not ${expected}`);

test('a page weighs what every page needs and what is its own, compressed', () => {
  const [heavy, light] = weigh({ light: [], heavy: ['30000.js', '20000.js'] }, ['50000.js'], read);
  assert.equal(heavy?.page, 'heavy');
  isNear(heavy.bytes, 100_000);
  assert.equal(light?.page, 'light');
  isNear(light.bytes, 50_000);
});

test('a page over the budget is named with its weight, and no other', () => {
  const pages = { light: ['20000.js'], heavy: ['30000.js'] };
  assert.throws(() => weigh(pages, ['50000.js'], read, 75_000), {
    message: /^over the budget of 75 kB of script, gzip: heavy 80\.\d kB$/,
  });
});

test('what compresses well may be long', () => {
  const [only] = weigh({ wordy: ['words.js'] }, [], read);
  assert.ok(only && only.bytes < 2000);
});
