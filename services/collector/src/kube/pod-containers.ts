import type { ContainerFacts } from '../engine/engine.ts';
import { podCgroupPaths } from '../readers/cgroup/pod-paths.ts';
import { healthOf } from './health.ts';
import { CONTAINER_NAME, placeOf, POD_NAME, POD_NAMESPACE, POD_UID, type Identities } from './identities.ts';
import { serviceOf } from './owner.ts';
import { kubeletUid, type Container, type ContainerStatus, type Pod, type Terminated } from './pod.ts';

export type PodRole = 'main' | 'sidecar' | 'init' | 'ephemeral';

/** One run of a container, from its start to its end. Times are Unix milliseconds. */
export interface Run {
  /** As its runtime calls it. */
  id: string;
  startedAt: number;
  ended: boolean;
  finishedAt: number;
  exitCode: number | null;
  oomKilled: boolean;
}

/** A container of a pod as it stands. */
export interface PodContainer {
  place: string;
  role: PodRole;
  pod: string;
  namespace: string;
  container: string;
  /** As the kubelet calls the pod. */
  podUid: string;
  facts: ContainerFacts;
  /** The last runs that are known, oldest first; the last one is that of `facts`. */
  runs: Run[];
  /** Whether its end is wanted: its pod is being deleted, or all that a sidecar was for has ended. */
  endWanted: boolean;
  /** Done for good and of no interest any more: an init container that succeeded, an ephemeral one that ended. */
  over: boolean;
}

interface Declared {
  role: PodRole;
  spec: Container | undefined;
  status: ContainerStatus;
}

/**
 * The containers of a pod. Those whose first container is still to be made have no id yet, and are left out; so is the
 * pod's sandbox, which Kubernetes does not list.
 * @param before how they stood, by place
 */
export function containersOf(
  pod: Pod,
  identities: Identities,
  before: ReadonlyMap<string, PodContainer>,
  now: number,
): PodContainer[] {
  const declared = declaredIn(pod);
  const mains = declared.filter(({ role }) => role === 'main');
  const mainsEnded = mains.length > 0 && mains.every(({ status }) => status.state.terminated);
  return declared.flatMap((one) => {
    const place = placeOf(pod.metadata.uid, one.status.name);
    const known = before.get(place);
    const runs = runsOf(one.status, known, now);
    if (runs.length === 0) return [];
    const endWanted = pod.metadata.deletionTimestamp !== null || (one.role === 'sidecar' && mainsEnded);
    const facts = factsOf(pod, one, identities.idOf(place, runs.at(-1)!.id), runs, known, now);
    const { metadata } = pod;
    const names = { pod: metadata.name, namespace: metadata.namespace, container: one.status.name };
    return [{ place, role: one.role, ...names, podUid: kubeletUid(pod), facts, runs, endWanted, over: isOver(one) }];
  });
}

function declaredIn({ spec, status }: Pod): Declared[] {
  const join = (role: PodRole, specs: Container[], statuses: ContainerStatus[]): Declared[] =>
    statuses.map((one) => {
      const own = specs.find(({ name }) => name === one.name);
      const sidecar = role === 'init' && own?.restartPolicy === 'Always';
      return { role: sidecar ? 'sidecar' : role, spec: own, status: one };
    });
  return [
    ...join('init', spec.initContainers, status.initContainerStatuses),
    ...join('main', spec.containers, status.containerStatuses),
    ...join('ephemeral', spec.ephemeralContainers, status.ephemeralContainerStatuses),
  ];
}

function isOver({ role, status }: Declared): boolean {
  const ended = status.state.terminated;
  if (!ended) return false;
  return role === 'ephemeral' || (role === 'init' && ended.exitCode === 0);
}

/** `containerd://<id>`, `cri-o://<id>`, `docker://<id>` */
function runtimeAndId(text: string): [runtime: string, id: string] {
  const [, runtime = '', id = text] = /^([\w.-]+):\/\/(.*)$/.exec(text) ?? [];
  return [runtime, id.slice(0, 128)];
}

/**
 * The run before the current one, if Kubernetes still shows it, and the current one. Its times are whole seconds: where
 * two runs seem to begin at the same time, the later one is told apart by a millisecond.
 */
function runsOf(status: ContainerStatus, known: PodContainer | undefined, now: number): Run[] {
  const { state, lastState } = status;
  const [, id] = runtimeAndId(status.containerID);
  const runs: Run[] = [];
  if (lastState.terminated) runs.push(endedRun(lastState.terminated, id, now));
  if (state.terminated) runs.push(endedRun(state.terminated, id, now));
  if (state.running && id) {
    runs.push({ id, startedAt: state.running.startedAt ?? now, ended: false, finishedAt: 0, exitCode: null, oomKilled: false }); // prettier-ignore
  }
  let earliest = 0;
  return runs
    .filter((run, index) => run.id !== '' && runs.findIndex((other) => other.id === run.id) === index)
    .map((run) => {
      const same = known?.runs.find((other) => other.id === run.id);
      const last = known?.runs.at(-1);
      if (!same && last) earliest = Math.max(earliest, last.startedAt + 1);
      const startedAt = same?.startedAt ?? Math.max(run.startedAt, earliest);
      earliest = startedAt + 1;
      return { ...run, startedAt, finishedAt: same?.ended ? same.finishedAt : Math.max(run.finishedAt, startedAt) };
    });
}

function endedRun(ended: Terminated, currentId: string, now: number): Run {
  const [, own] = runtimeAndId(ended.containerID);
  const finishedAt = ended.finishedAt ?? now;
  return {
    id: own || currentId,
    startedAt: ended.startedAt ?? 0,
    ended: true,
    finishedAt,
    exitCode: ended.exitCode,
    oomKilled: ended.reason === 'OOMKilled',
  };
}

function factsOf(
  pod: Pod,
  one: Declared,
  id: string,
  runs: Run[],
  known: PodContainer | undefined,
  now: number,
): ContainerFacts {
  const { metadata, spec } = pod;
  const { status } = one;
  const run = runs.at(-1)!;
  const sameRun = known?.runs.at(-1)?.id === run.id ? known.facts : undefined;
  const deleting = metadata.deletionTimestamp !== null;
  const health = run.ended ? null : healthOf(one.spec, status, { ...run, deleting }, sameRun, now);
  const [runtime, runId] = runtimeAndId(status.containerID);
  const where = { uid: kubeletUid(pod), qos: pod.status.qosClass, runtime, id: runId };
  return {
    id,
    runId,
    name: `${metadata.name}/${status.name}`,
    image: one.spec?.image || status.image,
    state: run.ended ? restingState(pod, one, run) : 'running',
    health,
    labels: labelsOf(pod, status.name),
    belongsTo: { project: metadata.namespace, service: serviceOf(pod) },
    createdAt: metadata.creationTimestamp,
    startedAt: run.startedAt,
    finishedAt: run.ended ? run.finishedAt : null,
    restartCount: status.restartCount,
    allRestarts: status.restartCount,
    exitCode: run.ended ? run.exitCode : null,
    oomKilled: run.oomKilled,
    pid: null,
    networkMode: networkMode(pod, status.name, spec.hostNetwork),
    cgroupParent: '',
    cgroupPaths: podCgroupPaths(where),
  };
}

/** Between two runs it is `restarting`, as Docker says of one that its restart policy starts again. */
function restingState(pod: Pod, { role, spec, status }: Declared, run: Run): 'exited' | 'restarting' {
  const { metadata, status: whole } = pod;
  if (metadata.deletionTimestamp !== null || whole.phase === 'Succeeded' || whole.phase === 'Failed') return 'exited';
  if (status.state.running === undefined && status.state.terminated === undefined) return 'restarting';
  const policy = spec?.restartPolicy || (role === 'ephemeral' ? 'Never' : pod.spec.restartPolicy);
  const failed = run.exitCode !== 0;
  if (role === 'init') return failed && policy !== 'Never' ? 'restarting' : 'exited';
  return policy === 'Always' || (policy === 'OnFailure' && failed) ? 'restarting' : 'exited';
}

function labelsOf({ metadata }: Pod, container: string): Record<string, string> {
  return {
    ...metadata.labels,
    [POD_NAME]: metadata.name,
    [POD_NAMESPACE]: metadata.namespace,
    [POD_UID]: metadata.uid,
    [CONTAINER_NAME]: container,
  };
}

/** All containers of a pod share a network: it is counted at the first one, in Docker's words. */
function networkMode({ metadata, spec }: Pod, container: string, hostNetwork: boolean): string {
  if (hostNetwork) return 'host';
  return spec.containers[0]?.name === container ? 'bridge' : `container:${metadata.uid}`;
}
