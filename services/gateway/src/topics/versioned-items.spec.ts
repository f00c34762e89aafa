import fc from 'fast-check';
import { VersionedItems } from './versioned-items.ts';

describe('VersionedItems', () => {
  it('does not count as changed what reads as before', () => {
    const items = new VersionedItems();
    expect(items.set('a', '1', 1)).toBe(true);
    expect(items.set('a', '1', 2)).toBe(false);
    expect(items.since(1)).toEqual({ texts: [], gone: [] });
  });

  it('tells what changed and what has gone since', () => {
    const items = new VersionedItems();
    items.set('a', '1', 1);
    items.set('b', '1', 2);
    items.delete('a', 3, 0);
    items.set('c', '1', 4);
    expect(items.since(2)).toEqual({ texts: ['1'], gone: ['a'] });
    expect(items.changeOf('a', 2)).toBeNull();
    expect(items.changeOf('b', 2)).toBeUndefined();
    expect(items.changeOf('c', 2)).toBe('1');
  });

  it('says when removals are too long ago to be told', () => {
    const items = new VersionedItems();
    items.set('a', '1', 1);
    items.set('b', '1', 2);
    items.delete('a', 3, 0);
    items.delete('b', 4, 301_000);
    expect(items.since(2)).toBeUndefined();
    expect(items.remembers(2)).toBe(false);
    expect(items.since(3)).toEqual({ texts: [], gone: ['b'] });
  });

  it('remembers a bounded number of removals', () => {
    const items = new VersionedItems();
    for (let n = 1; n <= 20_001; n += 1) {
      items.set(`k${n}`, '1', 2 * n);
      items.delete(`k${n}`, 2 * n + 1, 0);
    }
    expect(items.since(0)).toBeUndefined();
    expect(items.since(20_003)!.gone).toHaveLength(10_000);
  });

  it('brings whoever applies the changes, from wherever, to the present', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      value: fc.option(fc.nat(3)),
      look: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const items = new VersionedItems();
        const seen = new Map<string, string>();
        let at = 0;
        let version = 0;
        for (const { key, value, look } of steps) {
          version += 1;
          if (value === null) items.delete(key, version, 0);
          else items.set(key, `${key}${value}`, version);
          if (!look) continue;
          const changes = items.since(at)!;
          for (const text of changes.texts) seen.set(text[0]!, text);
          for (const gone of changes.gone) seen.delete(gone);
          at = version;
          expect([...seen.values()].sort()).toEqual(items.texts().sort());
        }
      }),
      { seed: 5 },
    );
  });
});
