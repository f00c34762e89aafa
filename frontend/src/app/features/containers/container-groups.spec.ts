import { aContainer } from '../../../testing/builders.ts';
import { groupContainers, rankGroups } from './container-groups.ts';

const containers = [
  aContainer({ id: 'a', project: null }),
  aContainer({ id: 'b', project: 'shop-10' }),
  aContainer({ id: 'c', project: 'shop-2', host: 'borealis' }),
  aContainer({ id: 'd', project: 'shop-10', state: 'exited' }),
];

describe('groupContainers', () => {
  it('keeps the order within groups, sorts groups as people count, and counts what runs', () => {
    const groups = groupContainers(containers, 'project');
    expect(groups.map(({ name, members, running }) => [name, members.map(({ id }) => id), running])).toEqual([
      ['shop-2', ['c'], 1],
      ['shop-10', ['b', 'd'], 1],
      ['', ['a'], 1],
    ]);
    expect(groupContainers(containers, 'host').map(({ name }) => name)).toEqual(['atlas', 'borealis']);
  });
});

describe('rankGroups', () => {
  const cpu: Record<string, number | null> = { 'atlas.a': null, 'atlas.b': 5, 'borealis.c': 8, 'atlas.d': 6 };
  const ranked = (descending: boolean) =>
    rankGroups(groupContainers(containers, 'project'), { key: 'cpu', descending }, (key) => cpu[key] ?? null);

  it('puts groups in the order of their sums, those without any last', () => {
    expect(ranked(true)).toEqual(['shop-10', 'shop-2', '']);
    expect(ranked(false)).toEqual(['shop-2', 'shop-10', '']);
  });
});
