import { bestOf, fuzzyMatch } from './fuzzy.ts';

describe('searching by a few letters', () => {
  const names = ['shop-api-1', 'shop-api-2', 'wiki-app-1', 'pipeline-ingest-1', 'Sessions', 'Show all containers'];
  const best = (query: string): string[] => bestOf(query, names, (name) => name, 10).map(({ item }) => item);

  it.each([
    ['sa', 'shop-api-1'],
    ['api2', 'shop-api-2'],
    ['ses', 'Sessions'],
    ['pi in', 'pipeline-ingest-1'],
    ['WIKI', 'wiki-app-1'],
  ])('%s finds %s first', (query, name) => {
    expect(best(query)[0]).toBe(name);
  });

  it('finds nothing when a letter is missing or out of order', () => {
    expect(fuzzyMatch('xq', 'shop')).toBeUndefined();
    expect(fuzzyMatch('pohs', 'shop')).toBeUndefined();
  });

  it('says which letters were found', () => {
    expect(fuzzyMatch('sap', 'shop-api')?.at).toEqual([0, 5, 6]);
  });

  it('finds all without a query, at most as many as are wanted', () => {
    expect(bestOf('', names, (name) => name, 3)).toHaveLength(3);
  });
});
