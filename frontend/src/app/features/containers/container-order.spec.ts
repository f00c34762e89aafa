import { aContainer } from '../../../testing/builders.ts';
import { naturalKey, sortContainers, type SortKey } from './container-order.ts';

describe('sortContainers', () => {
  const containers = [
    aContainer({ id: 'a', name: 'web-10', startedAt: 100, restarts: 3 }),
    aContainer({ id: 'b', name: 'web-2', startedAt: 50, image: 'a' }),
    aContainer({ id: 'c', name: 'db', state: 'exited', exitCode: 1, startedAt: 10, project: null }),
  ];
  const cpu: Record<string, number | null> = { 'atlas.a': 5, 'atlas.b': 50, 'atlas.c': null };
  const names = (key: SortKey, descending: boolean) =>
    sortContainers(containers, { key, descending }, (row) => cpu[row] ?? null).map(({ name }) => name);

  it('sorts names as people count', () => {
    expect(names('name', false)).toEqual(['db', 'web-2', 'web-10']);
    expect(names('name', true)).toEqual(['web-10', 'web-2', 'db']);
  });

  it('sorts by who is on it', () => {
    const people = ({ id }: { id: string }) => ({ a: 3, b: 312 })[id] ?? null;
    const sorted = sortContainers(containers, { key: 'people', descending: true }, () => null, people);
    expect(sorted.map(({ name }) => name)).toEqual(['web-2', 'web-10', 'db']);
  });

  it('puts what is not known last in either direction', () => {
    expect(names('cpu', true)).toEqual(['web-2', 'web-10', 'db']);
    expect(names('cpu', false)).toEqual(['web-10', 'web-2', 'db']);
    expect(names('project', true).at(-1)).toBe('db');
  });

  it('puts the longest uptime first when it goes down, and what does not run last', () => {
    expect(names('uptime', true)).toEqual(['web-2', 'web-10', 'db']);
    expect(names('uptime', false)).toEqual(['web-10', 'web-2', 'db']);
  });

  it('puts troubles first by state, and equals in the order of their names', () => {
    expect(names('state', false)).toEqual(['db', 'web-2', 'web-10']);
    expect(names('state', true)).toEqual(['web-2', 'web-10', 'db']);
    expect(names('restarts', true)).toEqual(['web-10', 'db', 'web-2']);
    expect(names('image', false)).toEqual(['web-2', 'db', 'web-10']);
  });

  it('leaves the given list as it is', () => {
    names('name', false);
    expect(containers[0]?.name).toBe('web-10');
  });
});

describe('naturalKey', () => {
  it.each([
    ['web-2', 'web-10'],
    ['A9', 'a10'],
    ['v1.9', 'v1.10'],
    ['db', 'web'],
  ])('puts %s before %s', (one, other) => {
    expect(naturalKey(one) < naturalKey(other)).toBe(true);
  });
});
