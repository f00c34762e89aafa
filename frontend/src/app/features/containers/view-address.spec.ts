import { convertToParamMap } from '@angular/router';
import { readAddress, writeAddress, type ViewChoice } from './view-address.ts';

const usual: ViewChoice = { filter: { search: '', state: '', host: '' }, sort: { key: 'name', descending: false } };

describe('the address of a view', () => {
  it.each<[object, ViewChoice]>([
    [{}, usual],
    [{ q: 'web', host: 'atlas' }, { ...usual, filter: { search: 'web', state: '', host: 'atlas' } }],
    [{ sort: '-cpu' }, { ...usual, sort: { key: 'cpu', descending: true } }],
    [{ state: 'troubled', sort: '-name' }, { filter: { ...usual.filter, state: 'troubled' }, sort: { key: 'name', descending: true } }],
  ])('%j says the same again when it is read', (params, choice) => {
    expect(writeAddress(choice)).toEqual(params);
    expect(readAddress(convertToParamMap(params))).toEqual(choice);
  }); // prettier-ignore

  it('is as usual where it makes no sense', () => {
    expect(readAddress(convertToParamMap({ sort: 'colour', other: 'x' }))).toEqual(usual);
  });
});
