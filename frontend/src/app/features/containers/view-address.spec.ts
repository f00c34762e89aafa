import { convertToParamMap } from '@angular/router';
import { NO_FILTER } from './container-list.ts';
import { listTerms, readAddress, writeAddress, type ViewChoice } from './view-address.ts';

const usual: ViewChoice = { filter: NO_FILTER, sort: { key: 'name', descending: false }, group: '', closed: [] };
const filtered = (filter: Partial<ViewChoice['filter']>): ViewChoice => ({
  ...usual,
  filter: { ...NO_FILTER, ...filter },
});

describe('the address of a view', () => {
  it.each<[object, ViewChoice]>([
    [{}, usual],
    [{ q: 'web', host: 'atlas' }, filtered({ search: 'web', host: 'atlas' })],
    [{ label: 'tier=front', project: 'shop' }, filtered({ label: 'tier=front', project: 'shop' })],
    [{ sort: '-cpu' }, { ...usual, sort: { key: 'cpu', descending: true } }],
    [{ state: 'troubled', sort: '-name' }, { ...filtered({ state: 'troubled' }), sort: { key: 'name', descending: true } }],
    [{ group: 'project', closed: 'shop,a%2Cb%25,' }, { ...usual, group: 'project', closed: ['shop', 'a,b%', ''] }],
  ])('%j says the same again when it is read', (params, choice) => {
    expect(writeAddress(choice)).toEqual(params);
    expect(readAddress(convertToParamMap(params))).toEqual(choice);
  }); // prettier-ignore

  it('is as usual where it makes no sense', () => {
    expect(readAddress(convertToParamMap({ sort: 'colour', group: 'mood', other: 'x' }))).toEqual(usual);
  });
});

describe('listTerms', () => {
  it('asks the list for what the table begins with', () => {
    expect(listTerms(usual)).toEqual({ sort: 'name', order: 'asc' });
    expect(listTerms({ ...filtered({ host: 'atlas' }), sort: { key: 'cpu', descending: true } })).toEqual({
      sort: 'cpu',
      order: 'desc',
      host: 'atlas',
    });
    expect(listTerms({ ...usual, sort: { key: 'uptime', descending: true } })).toEqual({
      sort: 'startedAt',
      order: 'asc',
    });
  });

  it('has none where the list knows no such filter, order or groups', () => {
    expect(listTerms(filtered({ label: 'tier' }))).toBeNull();
    expect(listTerms(filtered({ search: 'web' }))).toBeNull();
    expect(listTerms(filtered({ state: 'troubled' }))).toBeNull();
    expect(listTerms({ ...usual, sort: { key: 'restarts', descending: true } })).toBeNull();
    expect(listTerms({ ...usual, group: 'host' })).toBeNull();
  });
});
