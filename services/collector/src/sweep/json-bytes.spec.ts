import fc from 'fast-check';
import { JsonBytes } from './json-bytes.ts';

function written(write: (json: JsonBytes) => void, size = 64): string {
  const json = new JsonBytes(size);
  write(json);
  return Buffer.from(json.from(0)).toString();
}

describe('JSON as bytes', () => {
  it.each([
    [0, '0'],
    [9, '9'],
    [10, '10'],
    [99.5, '100'],
    [2 ** 31, '2147483648'],
    [2 ** 31 - 1, '2147483647'],
    [25_276_063_744, '25276063744'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [NaN, 'null'],
    [Infinity, 'null'],
    [-1, 'null'],
    [-0.2, '0'],
  ])('%d is the whole number %s', (value, text) => {
    expect(written((json) => json.whole(value))).toBe(text);
  });

  it.each([
    [0, '0'],
    [12.3456, '12.35'],
    [12.3, '12.3'],
    [0.05, '0.05'],
    [199.999, '200'],
    [6400, '6400'],
    [NaN, 'null'],
    [1e300, 'null'],
  ])('%d with two decimals is %s', (value, text) => {
    expect(written((json) => json.hundredths(value))).toBe(text);
  });

  it('writes every number as JavaScript does', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.nat(), fc.maxSafeNat()),
        fc.double({ min: 0, max: 1e13, noNaN: true }),
        (number, share) => {
          expect(written((json) => json.whole(number))).toBe(String(number));
          expect(written((json) => json.whole(share))).toBe(String(Math.round(share)));
          expect(written((json) => json.hundredths(share))).toBe(String(Math.round(share * 100) / 100));
        },
      ),
      { seed: 13, numRuns: 2000 },
    );
  });

  it('goes on in a larger buffer, and leaves alone what was handed out', () => {
    const json = new JsonBytes(4);
    json.raw(Buffer.from('abc'));
    const first = json.from(0);
    for (let count = 0; count < 100; count += 1) json.whole(1234567890);
    json.byte(33);
    expect(Buffer.from(first).toString()).toBe('abc');
    expect(json.length).toBe(3 + 1000 + 1);
    expect(Buffer.from(json.from(3)).toString()).toBe('1234567890'.repeat(100) + '!');
  });
});
