import { aContainer } from '../../../testing/builders.ts';
import { countByState, isTroubled, matches, sortContainers, TROUBLED } from './container-list.ts';

const all = { search: '', state: '', host: '' };

describe('matches', () => {
  it('finds every word in name, image, project, service or host', () => {
    const container = aContainer({ name: 'Shop-Web-1', image: 'nginx:1.27', host: 'atlas' });
    for (const search of ['', 'web', 'WEB nginx', 'shop atlas', '1.27']) {
      expect(matches(container, { ...all, search })).toBe(true);
    }
    expect(matches(container, { ...all, search: 'web mysql' })).toBe(false);
  });

  it('narrows by state, trouble and host', () => {
    const failed = aContainer({ state: 'exited', exitCode: 1 });
    expect(matches(failed, { ...all, state: 'exited' })).toBe(true);
    expect(matches(failed, { ...all, state: 'running' })).toBe(false);
    expect(matches(failed, { ...all, state: TROUBLED })).toBe(true);
    expect(matches(failed, { ...all, host: 'borealis' })).toBe(false);
  });
});

describe('isTroubled', () => {
  it.each([
    [{ state: 'running', health: 'healthy' }, false],
    [{ state: 'running', health: 'unhealthy' }, true],
    [{ state: 'exited', exitCode: 0 }, false],
    [{ state: 'exited', exitCode: 137 }, true],
    [{ state: 'restarting' }, true],
    [{ state: 'dead' }, true],
    [{ state: 'paused' }, false],
  ] as const)('of %j is %p', (over, troubled) => {
    expect(isTroubled(aContainer(over))).toBe(troubled);
  });
});

describe('sortContainers', () => {
  const containers = [
    aContainer({ id: 'a', name: 'web-10', startedAt: 100 }),
    aContainer({ id: 'b', name: 'web-2', startedAt: 50 }),
    aContainer({ id: 'c', name: 'db', state: 'exited', startedAt: 10, project: null }),
  ];
  const cpu: Record<string, number | null> = { 'atlas.a': 5, 'atlas.b': 50, 'atlas.c': null };
  const names = (key: Parameters<typeof sortContainers>[1]['key'], descending: boolean) =>
    sortContainers(containers, { key, descending }, (row) => cpu[row] ?? null).map(({ name }) => name);

  it('sorts names as people count', () => {
    expect(names('name', false)).toEqual(['db', 'web-2', 'web-10']);
    expect(names('name', true)).toEqual(['web-10', 'web-2', 'db']);
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

  it('leaves the given list as it is', () => {
    names('name', false);
    expect(containers[0]?.name).toBe('web-10');
  });
});

describe('countByState', () => {
  it('counts what there is, troubles last', () => {
    const containers = [
      aContainer({ id: 'a' }),
      aContainer({ id: 'b', health: 'unhealthy' }),
      aContainer({ id: 'c', state: 'exited' }),
    ];
    expect(countByState(containers)).toEqual([
      { state: 'running', count: 2 },
      { state: 'exited', count: 1 },
      { state: TROUBLED, count: 1 },
    ]);
  });
});
