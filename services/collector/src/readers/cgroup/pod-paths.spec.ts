import { fullId } from '../../../test/fake-engine.ts';
import { podCgroupPaths, readPodPath } from './pod-paths.ts';

const ID = fullId('web');
const UID = '8f1c2d3e-4b5a-4c6d-8e7f-0a1b2c3d4e5f';
const SLICE_UID = UID.replaceAll('-', '_');
/** Of a pod from a file on the node: a hash without dashes. */
const HASH = '6c1d8b1fb8e0c1b2a3d4e5f60718293a';

const PATHS = [
  // systemd
  ['containerd', 'Guaranteed', UID, `kubepods.slice/kubepods-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`],
  ['containerd', 'Burstable', UID, `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`],
  ['containerd', 'BestEffort', UID, `kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`],
  ['cri-o', 'Guaranteed', UID, `kubepods.slice/kubepods-pod${SLICE_UID}.slice/crio-${ID}.scope`],
  ['cri-o', 'Burstable', UID, `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${SLICE_UID}.slice/crio-${ID}.scope`],
  ['cri-o', 'BestEffort', UID, `kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${SLICE_UID}.slice/crio-${ID}.scope`],
  ['docker', 'Guaranteed', UID, `kubepods.slice/kubepods-pod${SLICE_UID}.slice/docker-${ID}.scope`],
  ['docker', 'Burstable', UID, `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${SLICE_UID}.slice/docker-${ID}.scope`],
  ['docker', 'BestEffort', UID, `kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${SLICE_UID}.slice/docker-${ID}.scope`],
  ['containerd', 'Burstable', HASH, `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${HASH}.slice/cri-containerd-${ID}.scope`],
  ['containerd', 'Guaranteed', UID, `kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`],
  // cgroupfs
  ['containerd', 'Guaranteed', UID, `kubepods/pod${UID}/${ID}`],
  ['containerd', 'Burstable', UID, `kubepods/burstable/pod${UID}/${ID}`],
  ['containerd', 'BestEffort', UID, `kubepods/besteffort/pod${UID}/${ID}`],
  ['cri-o', 'Guaranteed', UID, `kubepods/pod${UID}/crio-${ID}`],
  ['cri-o', 'Burstable', UID, `kubepods/burstable/pod${UID}/crio-${ID}`],
  ['cri-o', 'BestEffort', UID, `kubepods/besteffort/pod${UID}/crio-${ID}`],
  ['docker', 'Guaranteed', UID, `kubepods/pod${UID}/${ID}`],
  ['docker', 'Burstable', UID, `kubepods/burstable/pod${UID}/${ID}`],
  ['docker', 'BestEffort', UID, `kubepods/besteffort/pod${UID}/${ID}`],
  ['containerd', 'Burstable', HASH, `kubepods/burstable/pod${HASH}/${ID}`],
  ['containerd', 'BestEffort', UID, `kubelet/kubepods/besteffort/pod${UID}/${ID}`],
] as const; // prettier-ignore

describe.each(PATHS)('a container of %s, %s, of pod %s', (runtime, qos, uid, path) => {
  it(`is looked for in ${path}`, () => {
    expect(podCgroupPaths({ uid, qos, runtime, id: ID })).toContain(path);
  });

  it('is looked for there too where runtime and class are not known', () => {
    expect(podCgroupPaths({ uid, qos: '', runtime: '', id: ID })).toContain(path);
  });

  it('is read out of that path again', () => {
    const driver = path.includes('.slice') ? 'systemd' : 'cgroupfs';
    expect(readPodPath(`/${path}`)).toEqual({ id: ID, podUid: uid, qos, driver });
  });
});

it.each([
  ['what runs inside', `/kubepods/pod${UID}/${ID}/init.scope`],
  ['a crun container', `/kubepods.slice/kubepods-pod${SLICE_UID}.slice/crio-${ID}.scope/container`],
  ['containerd without systemd below a slice', `/system.slice/containerd.service/kubepods-pod${SLICE_UID}.slice:cri-containerd:${ID}`],
  ['a cgroup namespace above', `/../../kubepods-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`],
  ['a node that is a container', `/docker/${fullId('kind node')}/kubelet/kubepods/pod${UID}/${ID}`],
])('%s is the container itself', (_, path) => {
  expect(readPodPath(path)).toMatchObject({ id: ID, podUid: UID });
}); // prettier-ignore

it.each([
  '/',
  '/user.slice/user-1000.slice/session-3.scope',
  '/kubepods.slice/kubepods-burstable.slice',
  `/kubepods/burstable/pod${UID}`,
  `/kubepods.slice/kubepods-pod${SLICE_UID}.slice/crio-conmon-${ID}.scope`,
  `/kubepods/pod${UID}/${ID.slice(0, 40)}`,
])('%s names no container', (path) => {
  expect(readPodPath(path)).toBeUndefined();
});

it('a container of Docker alone is of no pod', () => {
  expect(readPodPath(`/docker/${ID}`)).toEqual({ id: ID, podUid: null, qos: null, driver: 'cgroupfs' });
  expect(readPodPath(`/system.slice/docker-${ID}.scope`)).toMatchObject({ id: ID, podUid: null, driver: 'systemd' });
});

it.each([
  ['a uid that climbs', '../../etc', ID],
  ['an id that climbs', UID, `../${ID}`],
  ['no id', UID, ''],
])('%s is looked for nowhere', (_, uid, id) => {
  expect(podCgroupPaths({ uid, qos: 'Burstable', runtime: 'containerd', id })).toEqual([]);
});
