import fc from 'fast-check';
import { fullId } from '../../../test/fake-engine.ts';
import { pathInProcText, sliceFolders, usualPaths } from './locate.ts';

const ID = fullId('web');

describe('a path in /proc/<pid>/cgroup', () => {
  const hybrid = `9:name=systemd:/docker/${ID}\n4:memory:/docker/${ID}\n2:cpu,cpuacct:/other/${ID}\n0::/docker/${ID}\n`;

  it('is that of the controller', () => {
    expect(pathInProcText(hybrid, 'cpuacct', ID)).toBe(`other/${ID}`);
    expect(pathInProcText(hybrid, 'memory', ID)).toBe(`docker/${ID}`);
    expect(pathInProcText(hybrid, null, ID)).toBe(`docker/${ID}`);
    expect(pathInProcText(hybrid, 'pids', ID)).toBeUndefined();
  });

  it.each([
    [`0::/system.slice/docker-${ID}.scope/init.scope\n`, `system.slice/docker-${ID}.scope`],
    [`0::/../docker-${ID}.scope\n`, `docker-${ID}.scope`],
    [
      `0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope\n`,
      `user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope`,
    ],
    [`0::/docker/${'e'.repeat(64)}/docker/${ID}\n`, `docker/${'e'.repeat(64)}/docker/${ID}`],
  ])('%s', (text, path) => {
    expect(pathInProcText(text, null, ID)).toBe(path);
  });

  it('is not taken from a process of something else', () => {
    expect(pathInProcText('0::/user.slice\n', null, ID)).toBeUndefined();
    expect(pathInProcText('', null, ID)).toBeUndefined();
  });

  it('never climbs out of the hierarchy, whatever the text says', () => {
    const part = fc.constantFrom('..', '.', 'a', '', ID, `docker-${ID}.scope`);
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const path = pathInProcText(`0::/${parts.join('/')}\n`, null, ID);
        expect(path?.split('/').includes('..') ?? false).toBe(false);
      }),
      { seed: 4 },
    );
  });
});

it('slices lie within slices', () => {
  expect(sliceFolders('apps-web-db.slice')).toBe('apps.slice/apps-web.slice/apps-web-db.slice');
});

it('a cgroup parent comes before the usual places', () => {
  expect(usualPaths(ID, '/mine')[0]).toBe(`mine/${ID}`);
  expect(usualPaths(ID, 'mine.slice')[0]).toBe(`mine.slice/docker-${ID}.scope`);
  expect(usualPaths(ID, '')).toContain(`docker/${ID}`);
});
