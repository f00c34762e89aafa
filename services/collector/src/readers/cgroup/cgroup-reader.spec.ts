import { readdirSync } from 'node:fs';
import { recordingLog } from '@deckwatch/testing';
import { Folder, netDev, under, v1, v2Kernel4, v2Kernel6, type Tree } from '../../../test/cgroup-trees.ts';
import { fullId } from '../../../test/fake-engine.ts';
import type { Figures } from '../../rates/counters.ts';
import { ContainerTag } from '../../sweep/container-tag.ts';
import type { NetworkOwnership, ReadTarget } from '../reader.ts';
import { CgroupReader } from './cgroup-reader.ts';
import { findLayout } from './layout.ts';

const ID = fullId('web');

function target(over: Partial<ReadTarget> = {}): ReadTarget {
  const network: NetworkOwnership = 'own';
  return {
    id: 'web',
    fullId: ID,
    pid: 77,
    cgroupParent: '',
    network,
    bornAt: null,
    tag: new ContainerTag('box', 'web', 'web'),
    ...over,
  };
}

describe('the cgroup reader', () => {
  let cgroup: Folder;
  let proc: Folder;
  let now = 0;
  let log = recordingLog();
  const readers: CgroupReader[] = [];

  beforeEach(() => {
    now = 0;
    log = recordingLog();
    cgroup = new Folder();
    proc = new Folder({ '77/net/dev': netDev(1000, 2000) });
  });
  afterEach(() => {
    for (const reader of readers.splice(0)) reader.close();
    cgroup.remove();
    proc.remove();
  });

  function reader(descriptorLimit = 1000, onGone?: (id: string) => void): CgroupReader {
    const layout = findLayout(cgroup.path)!;
    const made = new CgroupReader({ layout, procRoot: proc.path, steady: () => now, log, descriptorLimit, onGone });
    readers.push(made);
    return made;
  }

  function rows(from: CgroupReader): Figures[] {
    const taken: Figures[] = [];
    from.sweep((_, figures) => taken.push({ ...figures }));
    return taken;
  }

  /** Watches with the first files, and sweeps a second later with the second. */
  function figures(before: Tree, after: Tree, wanted = target()): Figures | undefined {
    cgroup.write(before);
    const from = reader();
    from.watch(wanted);
    cgroup.write(after);
    proc.write({ '77/net/dev': netDev(1500, 2000) });
    now += 1000;
    return rows(from)[0];
  }

  const SCOPE = `system.slice/docker-${ID}.scope`;
  const unified = { 'cgroup.controllers': 'cpuset cpu io memory pids\n' };

  it('reads cgroup v2 as Linux 6.1 writes it, with the systemd driver', () => {
    const after = under(
      SCOPE,
      v2Kernel6({ usageUsec: 2_250_000, io: '259:0 rbytes=4096 wbytes=9192 rios=1 wios=2 dbytes=0 dios=0\n' }),
    );
    const row = figures({ ...unified, ...under(SCOPE, v2Kernel6()) }, after);
    expect(row).toMatchObject({ cpu: 25, mem: 40_000_000, rx: 500, tx: 0, rd: 0, wr: 1000, pids: 3 });
    expect(row!.memLimit).toBeNaN();
  });

  it('reads cgroup v2 as Linux 4.18 writes it, with the cgroupfs driver and a limit', () => {
    const files = under(`docker/${ID}`, v2Kernel4());
    const row = figures({ ...unified, ...files }, files);
    expect(row).toMatchObject({ cpu: 0, mem: 729_664, memLimit: 536_870_912, rd: 0, wr: 0, pids: 1 });
  });

  it('reads cgroup v1 with two controllers in one folder', () => {
    const row = figures(v1(`docker/${ID}`), v1(`docker/${ID}`, { usage: 3_500_000_000 }));
    expect(row).toMatchObject({ cpu: 150, mem: 40_000_000, rx: 500, tx: 0, rd: 0, wr: 0, pids: 3 });
    expect(row!.memLimit).toBeNaN();
  });

  it('takes the recursive block counters of v1 where there are both', () => {
    const blkio = (bytes: number) => ({
      'blkio.throttle.io_service_bytes': 'Total 0\n',
      'blkio.throttle.io_service_bytes_recursive': `254:0 Read ${bytes}\n254:0 Write 0\nTotal ${bytes}\n`,
    });
    const path = `docker/${ID}`;
    expect(figures(v1(path, { blkio: blkio(0) }), v1(path, { blkio: blkio(4096) }))).toMatchObject({ rd: 4096, wr: 0 });
  });

  it('takes v1 for the controllers of a hybrid machine', () => {
    const hybrid = { ...v1(`docker/${ID}`, { limit: 67_108_864 }), 'unified/cgroup.procs': '' };
    expect(figures(hybrid, hybrid)).toMatchObject({ memLimit: 67_108_864 });
  });

  it('takes the unified hierarchy of a hybrid machine where v1 has no controllers', () => {
    const files = { 'unified/cgroup.controllers': 'cpu memory\n', ...under(`unified/docker/${ID}`, v2Kernel6()) };
    expect(figures(files, files)).toMatchObject({ mem: 40_000_000 });
  });

  it('finds a container where the kernel says it is', () => {
    proc.write({ '77/cgroup': `0::/kubepods.slice/pod1.slice/cri-${ID}.scope/init\n` });
    const files = { ...unified, ...under(`kubepods.slice/pod1.slice/cri-${ID}.scope`, v2Kernel6()) };
    expect(figures(files, files)).toBeDefined();
  });

  it('finds a container under a slice of the user', () => {
    const files = { ...unified, ...under(`apps.slice/apps-web.slice/docker-${ID}.scope`, v2Kernel6()) };
    expect(figures(files, files, target({ cgroupParent: 'apps-web.slice' }))).toBeDefined();
  });

  it('finds a container under a cgroup parent of the user', () => {
    const files = v1(`mine/deep/${ID}`);
    expect(figures(files, files, target({ cgroupParent: '/mine/deep' }))).toBeDefined();
  });

  it('looks for a container that nothing leads to', () => {
    const files = v1(`some/where/${ID}`);
    expect(figures(files, files)).toBeDefined();
  });

  it('does without controllers that are switched off', () => {
    const files = { [`cpuacct/docker/${ID}/cpuacct.usage`]: '5\n' };
    const row = figures(files, files)!;
    expect(row.cpu).toBe(0);
    expect([row.mem, row.pids, row.rd]).toEqual([NaN, NaN, NaN]);
  });

  it.each<[NetworkOwnership, number]>([
    ['host', NaN],
    ['shared', NaN],
    ['none', 0],
  ])('counts no traffic for network mode %s', (network, rx) => {
    const files = v1(`docker/${ID}`);
    expect(figures(files, files, target({ network }))!.rx).toBe(rx);
  });

  it('counts no traffic for a container that turns out to be in the host namespace', () => {
    proc.link({ '1/ns/net': 'net:[4026531840]', '77/ns/net': 'net:[4026531840]' });
    const files = v1(`docker/${ID}`);
    expect(figures(files, files)!.rx).toBeNaN();
  });

  it('counts the traffic of a container in a namespace of its own', () => {
    proc.link({ '1/ns/net': 'net:[4026531840]', '77/ns/net': 'net:[4026532999]' });
    const files = v1(`docker/${ID}`);
    expect(figures(files, files)!.rx).toBe(500);
  });

  it('leaves out a container that ends during the sweep, tells of it, and goes on with the others', () => {
    const other = fullId('db');
    cgroup.write({ ...v1(`docker/${ID}`), ...v1(`docker/${other}`) });
    const gone: string[] = [];
    const from = reader(256, (id) => gone.push(id)); // no descriptor to spare: files are opened for each reading
    from.watch(target());
    from.watch(target({ id: 'db', fullId: other, network: 'none' }));
    cgroup.remove(`cpu,cpuacct/docker/${ID}`);
    now += 1000;
    expect(rows(from)).toHaveLength(1);
    expect(gone).toEqual(['web']);
    expect(from.watches('web')).toBe(false);
  });

  it('keeps to the limit of descriptors, opens what is beyond for each reading, and says so once', () => {
    const files = v1(`docker/${ID}`);
    const before = openDescriptors();
    cgroup.write(files);
    const from = reader(256 + 3);
    from.watch(target());
    expect(openDescriptors() - before).toBe(3);
    now += 1000;
    expect(rows(from)[0]).toMatchObject({ mem: 40_000_000, pids: 3, rd: 0 });
    expect(log.messages('warn').filter((message) => message.includes('ulimit'))).toHaveLength(1);
  });

  it('closes every descriptor when a container rests', () => {
    cgroup.write(v1(`docker/${ID}`));
    const before = openDescriptors();
    const from = reader();
    from.watch(target());
    expect(openDescriptors()).toBeGreaterThan(before);
    from.unwatch('web');
    expect(openDescriptors()).toBe(before);
  });
});

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
