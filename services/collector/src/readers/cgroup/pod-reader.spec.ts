import { recordingLog } from '@deckwatch/testing';
import { Folder, netDev, under, v1, v2Kernel6 } from '../../../test/cgroup-trees.ts';
import { fullId } from '../../../test/fake-engine.ts';
import { ContainerTag } from '../../sweep/container-tag.ts';
import type { Figures } from '../../rates/counters.ts';
import type { ReadTarget } from '../reader.ts';
import { CgroupReader } from './cgroup-reader.ts';
import { findLayout } from './layout.ts';
import { podCgroupPaths } from './pod-paths.ts';

const ID = fullId('web');
const UID = '8f1c2d3e-4b5a-4c6d-8e7f-0a1b2c3d4e5f';
const RUNTIMES = ['containerd', 'cri-o', 'docker'];
const CLASSES = ['Guaranteed', 'Burstable', 'BestEffort'];
const CASES = [1, 2].flatMap((version) =>
  RUNTIMES.flatMap((runtime) =>
    CLASSES.flatMap((qos) => (['systemd', 'cgroupfs'] as const).map((driver) => ({ version, runtime, qos, driver }))),
  ),
);

describe('containers of pods', () => {
  let cgroup: Folder;
  let proc: Folder;
  let now = 0;
  const readers: CgroupReader[] = [];
  beforeEach(() => {
    now = 0;
    cgroup = new Folder();
    proc = new Folder();
  });
  afterEach(() => {
    readers.splice(0).forEach((reader) => reader.close());
    cgroup.remove();
    proc.remove();
  });

  function target(over: Partial<ReadTarget> = {}): ReadTarget {
    const tag = new ContainerTag('node-1', 'web', 'web');
    return { id: 'web', fullId: ID, pid: 0, cgroupParent: '', network: 'own', bornAt: null, tag, ...over };
  }

  function reader(): CgroupReader {
    const made = new CgroupReader({ layout: findLayout(cgroup.path)!, procRoot: proc.path, steady: () => now, log: recordingLog() }); // prettier-ignore
    readers.push(made);
    return made;
  }

  function figures(from: CgroupReader): Figures | undefined {
    let found: Figures | undefined;
    now += 1000;
    from.sweep((_, row) => (found = { ...row }));
    return found;
  }

  it.each(CASES)('of $runtime, $qos, $driver are found on cgroup v$version', ({ version, runtime, qos, driver }) => {
    const paths = podCgroupPaths({ uid: UID, qos, runtime, id: ID });
    const path = paths.find((one) => one.includes('.slice') === (driver === 'systemd'))!;
    if (version === 1) cgroup.write(v1(path));
    else cgroup.write({ 'cgroup.controllers': 'cpu memory\n', ...under(path, v2Kernel6()) });
    const reading = reader();
    reading.watch(target({ cgroupPaths: paths }));
    expect(figures(reading)).toMatchObject({ cpu: 0, mem: 40_000_000, pids: 3, rx: NaN });
  });

  it('have their network from the oldest process that the node shows of them', () => {
    const path = `kubepods/burstable/pod${UID}/${ID}`;
    cgroup.write(v1(path));
    for (const pid of ['900', '88', '1200']) proc.write({ [`${pid}/cgroup`]: `4:memory:/${path}\n` });
    proc.write({ '7/cgroup': '0::/init.scope\n', '88/net/dev': netDev(1000, 2000) });
    const reading = reader();
    reading.watch(target({ cgroupPaths: [path] }));
    proc.write({ '88/net/dev': netDev(4000, 2500) });
    expect(figures(reading)).toMatchObject({ rx: 3000, tx: 500 });
  });

  it('are found by their process where the kubelet has a root of its own, and not by their watchman', () => {
    const path = `pods.slice/pods-x.slice/crio-${ID}.scope`;
    cgroup.write({ ...v1(`pods.slice/pods-x.slice/crio-conmon-${ID}.scope`, { usage: 1 }), ...v1(path) });
    proc.write({ '88/cgroup': `4:cpu,cpuacct:/${path}\n`, '87/cgroup': `4:cpu,cpuacct:/pods.slice/pods-x.slice/crio-conmon-${ID}.scope\n` }); // prettier-ignore
    const reading = reader();
    reading.watch(target());
    cgroup.write(v1(path, { usage: 2_500_000_000 }));
    expect(figures(reading)!.cpu).toBe(50);
  });

  it('are found by looking where no process is shown, and not by their watchman', () => {
    const path = `pods.slice/pods-x.slice/crio-${ID}.scope`;
    cgroup.write({ ...v1(`pods.slice/pods-x.slice/crio-conmon-${ID}.scope`, { usage: 1 }), ...v1(path) });
    const reading = reader();
    reading.watch(target());
    cgroup.write(v1(path, { usage: 2_500_000_000 }));
    expect(figures(reading)!.cpu).toBe(50);
  });
});
