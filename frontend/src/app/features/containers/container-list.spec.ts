import { aContainer } from '../../../testing/builders.ts';
import { countByState, matcher, NO_FILTER, TROUBLED, type Filter } from './container-list.ts';

const passes = (over: Parameters<typeof aContainer>[0], filter: Partial<Filter>) =>
  matcher({ ...NO_FILTER, ...filter })(aContainer(over));

describe('matcher', () => {
  it('finds every word in name, image, project, service, host or a label', () => {
    const labels = { tier: 'front', 'com.example/owner': 'Ana' };
    const container = { name: 'Shop-Web-1', image: 'nginx:1.27', host: 'atlas', labels };
    for (const search of ['', 'web', 'WEB nginx', 'shop atlas', '1.27', 'tier=front', 'owner=ana', 'front web']) {
      expect(passes(container, { search })).toBe(true);
    }
    expect(passes(container, { search: 'web mysql' })).toBe(false);
    expect(passes(container, { search: '1atlas' })).toBe(false);
  });

  it('narrows by state, trouble, host and project', () => {
    const failed = { state: 'exited', exitCode: 1 } as const;
    expect(passes(failed, { state: 'exited' })).toBe(true);
    expect(passes(failed, { state: 'running' })).toBe(false);
    expect(passes(failed, { state: TROUBLED })).toBe(true);
    expect(passes({}, { state: TROUBLED })).toBe(false);
    expect(passes(failed, { host: 'borealis' })).toBe(false);
    expect(passes({ project: 'shop' }, { project: 'shop' })).toBe(true);
    expect(passes({ project: null }, { project: 'shop' })).toBe(false);
  });

  it('narrows by a label, whatever its value or with one', () => {
    const labels = { tier: 'front', args: 'a=b' };
    expect(passes({ labels }, { label: 'tier' })).toBe(true);
    expect(passes({ labels }, { label: 'tier=front' })).toBe(true);
    expect(passes({ labels }, { label: 'args=a=b' })).toBe(true);
    expect(passes({ labels }, { label: 'tier=back' })).toBe(false);
    expect(passes({ labels }, { label: 'toString' })).toBe(false);
  });
});

describe('countByState', () => {
  it('counts what there is, troubles first', () => {
    const containers = [
      aContainer({ id: 'a' }),
      aContainer({ id: 'b', health: 'unhealthy' }),
      aContainer({ id: 'c', state: 'exited' }),
    ];
    expect(countByState(containers)).toEqual([
      { state: TROUBLED, count: 1 },
      { state: 'running', count: 2 },
      { state: 'exited', count: 1 },
    ]);
  });
});
