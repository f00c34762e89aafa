import type { Pod } from './pod.ts';

/** CronJobs name their jobs by the minute (since 1.21, 8 digits) or the second (before, 10 digits) they were due. */
const BY_TIME = /^(.+)-(\d{8}|\d{10})$/;

/**
 * Who runs a pod, as users name it: the Deployment of a ReplicaSet, the CronJob of a Job, else what the pod says
 * itself. Told by names alone, because reading the owners would need more rights. Null: nobody does.
 */
export function serviceOf({ metadata }: Pod): string | null {
  const owner = metadata.ownerReferences.find(({ controller }) => controller);
  if (!owner?.name) return null;
  const hash = Object.hasOwn(metadata.labels, 'pod-template-hash') ? metadata.labels['pod-template-hash'] : undefined;
  if (owner.kind === 'ReplicaSet') return without(owner.name, hash);
  if (owner.kind === 'Job') return BY_TIME.exec(owner.name)?.[1] ?? owner.name;
  // A pod from a file on the node is called after both.
  if (owner.kind === 'Node') return without(metadata.name, owner.name);
  return owner.name;
}

function without(name: string, end: string | undefined): string {
  return end && name.endsWith(`-${end}`) ? name.slice(0, -end.length - 1) || name : name;
}
