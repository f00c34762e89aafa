import { aPod } from '../../test/pods.ts';
import { serviceOf } from './owner.ts';
import { Pod } from './pod.ts';

it.each([
  ['ReplicaSet', 'web-7d4b9c6f5d', 'web'],
  ['ReplicaSet', 'by-hand', 'by-hand'],
  ['StatefulSet', 'db', 'db'],
  ['DaemonSet', 'agent', 'agent'],
  ['Job', 'migrate', 'migrate'],
  ['Job', 'backup-28412345', 'backup'],
  ['Job', 'backup-1623456780', 'backup'],
  ['Job', 'release-2024', 'release-2024'],
  ['Rollout', 'web', 'web'],
])('a pod of the %s %s belongs to the service %s', (kind, name, service) => {
  const ownerReferences = [
    { kind: 'Other', name: 'x' },
    { kind, name, controller: true },
  ];
  expect(serviceOf(Pod.parse(aPod({ metadata: { ownerReferences } })))).toBe(service);
});

it('a pod from a file on its node is called after that file, one of nobody has no service', () => {
  const ownerReferences = [{ kind: 'Node', name: 'node-1', controller: true }];
  const pod = aPod({ name: 'kube-apiserver-node-1', metadata: { ownerReferences } });
  expect(serviceOf(Pod.parse(pod))).toBe('kube-apiserver');
  expect(serviceOf(Pod.parse(aPod({ metadata: { ownerReferences: [] } })))).toBeNull();
});
