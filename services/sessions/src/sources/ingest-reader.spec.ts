import fc from 'fast-check';
import { Attributes } from '@deckwatch/contracts';
import { readIngest } from './ingest-reader.ts';
import { NotTaken } from './session-source.ts';

const NOW = 1_800_000_000_000;

describe('an ingest message', () => {
  it('needs an id and what happened, no more', () => {
    expect(readIngest('shop', { id: 'x', op: 'touch' }, NOW)).toEqual({
      app: 'shop',
      id: 'x',
      op: 'touch',
      user: null,
      attrs: {},
      ttlMs: 30 * 60_000,
      t: null,
      at: NOW,
      reason: 'unknown',
    });
  });

  it('says why: a login at the start, a logout at the end', () => {
    expect(readIngest('shop', { id: 'x', op: 'start' }, NOW).reason).toBe('login');
    expect(readIngest('shop', { id: 'x', op: 'end' }, NOW).reason).toBe('logout');
  });

  it('belongs to the app as its name stands in subjects', () => {
    expect(readIngest('My Shop.eu', { id: 'x', op: 'start' }, NOW).app).toBe('my_shop_eu');
    expect(() => readIngest('x'.repeat(129), { id: 'x', op: 'start' }, NOW)).toThrow('app: ');
  });

  it('tells what is wrong with it, field by field', () => {
    expect(() => readIngest('shop', { id: 'x', op: 'start', ttlMs: 0, t: 'now' }, NOW)).toThrow(/ttlMs: .*; t: /);
    expect(() => readIngest('shop', 'text', NOW)).toThrow(NotTaken);
    expect(() => readIngest('shop', null, NOW)).toThrow(NotTaken);
  });

  it('is either refused with a word or wholly sound, whatever it is', () => {
    const messages = fc.oneof(
      fc.anything(),
      fc.record(
        {
          id: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
          op: fc.oneof(fc.constantFrom('start', 'touch', 'end'), fc.anything()),
          user: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
          ttlMs: fc.oneof(fc.integer(), fc.double(), fc.anything()),
          attrs: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.anything()),
          t: fc.oneof(fc.integer(), fc.maxSafeNat(), fc.anything()),
        },
        { requiredKeys: ['id', 'op'] },
      ),
    );
    const property = fc.property(fc.string({ unit: 'binary' }), messages, (app, message) => {
      try {
        const change = readIngest(app, message, NOW);
        expect(change.app).toMatch(/^[a-z0-9\-_]{1,128}$/);
        expect(Attributes.safeParse(change.attrs).success).toBe(true);
        expect(change.t === null || change.t <= NOW + 60_000).toBe(true);
        expect(Buffer.from(change.id).toString()).toBe(change.id);
      } catch (error) {
        expect(error).toBeInstanceOf(NotTaken);
        expect((error as Error).message).not.toBe('');
      }
    });
    fc.assert(property, { seed: 3, numRuns: 1000 });
  });
});
