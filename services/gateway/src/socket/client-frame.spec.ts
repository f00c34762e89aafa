import fc from 'fast-check';
import { parseClientFrame } from './client-frame.ts';

describe('parseClientFrame', () => {
  it('reads what the protocol knows', () => {
    expect(parseClientFrame('{"event":"ping","data":{}}')).toEqual({ frame: { event: 'ping', data: {} } });
  });

  it('answers with the id of a request that does not fit', () => {
    expect(parseClientFrame('{"event":"subscribe","data":{"id":7,"topics":"hosts"}}')).toMatchObject({
      id: 7,
      fault: expect.any(String),
    });
  });

  it.each([
    ['nothing', ''],
    ['deep arrays', '['.repeat(60_000)],
    ['closed deep arrays', '['.repeat(30_000) + ']'.repeat(30_000)],
    ['deep objects', '{"event":"ping","data":' + '{"a":'.repeat(9000) + '1' + '}'.repeat(9001)],
    ['a prototype', '{"__proto__":{"event":"ping"},"constructor":{}}'],
    ['an array of frames', '[{"event":"ping","data":{}}]'],
  ])('takes %s without an exception', (_, text) => {
    expect(() => parseClientFrame(text)).not.toThrow();
  });

  it('takes any text without an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((data) => `{"event":"subscribe","data":${data}}`),
        ),
        (text) => {
          const parsed = parseClientFrame(text);
          expect('frame' in parsed || parsed.fault.length > 0).toBe(true);
        },
      ),
      { seed: 2, numRuns: 500 },
    );
  });
});
