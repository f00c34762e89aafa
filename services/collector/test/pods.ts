import { fullId } from './fake-engine.ts';

/**
 * Pods and summaries written by hand from the published schemas of Kubernetes (core/v1 and the kubelet's
 * stats/v1alpha1), as several versions and runtimes fill them. None of them was taken from a live cluster.
 */
export const KUBERNETES = {
  /** Docker behind the kubelet's shim; statuses without `started`. */
  'v1.15.12': { runtime: 'docker', started: false },
  'v1.24.17': { runtime: 'containerd', started: true },
  'v1.28.9': { runtime: 'cri-o', started: true },
  'v1.34.1': { runtime: 'containerd', started: true },
} as const;
export type KubernetesVersion = keyof typeof KUBERNETES;

export const NODE = 'node-1';
export const POD_UID = '8f1c2d3e-4b5a-4c6d-8e7f-0a1b2c3d4e5f';
/** Kubernetes writes whole seconds. */
export const T0 = Date.parse('2026-03-01T12:00:00Z');
export const at = (seconds: number): string => new Date(T0 + seconds * 1000).toISOString().replace('.000Z', 'Z');

type Json = Record<string, unknown>;

export interface ContainerLook {
  name?: string;
  /** The word of its current container's id, as `fullId` makes it. */
  id?: string;
  state?: Json;
  lastState?: Json;
  ready?: boolean;
  restartCount?: number;
  /** Whether its startup probe has passed. */
  started?: boolean;
  spec?: Json;
}

export const running = (since: number): Json => ({ running: { startedAt: at(since) } });
export const waiting = (reason: string): Json => ({ waiting: { reason, message: `is ${reason}` } });
export function ended(id: string, from: number, to: number, exitCode: number, over: Json = {}): Json {
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const containerID = `containerd://${fullId(id)}`;
  return { terminated: { exitCode, reason, startedAt: at(from), finishedAt: at(to), containerID, ...over } };
}

export interface PodLook {
  name?: string;
  namespace?: string;
  uid?: string;
  version?: KubernetesVersion;
  metadata?: Json;
  spec?: Json;
  status?: Json;
  containers?: ContainerLook[];
  initContainers?: ContainerLook[];
  ephemeralContainers?: ContainerLook[];
  resourceVersion?: number;
}

export function aPod(look: PodLook = {}): Json {
  const { name = 'web-7d4b9c6f5d-x2x4z', namespace = 'shop', uid = POD_UID, version = 'v1.34.1' } = look;
  const { containers = [{}], initContainers = [], ephemeralContainers = [] } = look;
  const { runtime, started } = KUBERNETES[version];
  const specs = (all: ContainerLook[]) => all.map((one) => containerSpec(one));
  const statuses = (all: ContainerLook[]) => all.map((one) => containerStatus(one, runtime, started));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid,
      resourceVersion: String(look.resourceVersion ?? 100),
      creationTimestamp: at(-60),
      labels: { app: 'web', 'pod-template-hash': '7d4b9c6f5d' },
      annotations: { 'prometheus.io/scrape': 'true' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-7d4b9c6f5d', uid: 'r-1', controller: true },
      ],
      managedFields: [{ manager: 'kubelet', operation: 'Update' }],
      ...look.metadata,
    },
    spec: {
      nodeName: NODE,
      restartPolicy: 'Always',
      containers: specs(containers),
      initContainers: specs(initContainers),
      ephemeralContainers: specs(ephemeralContainers),
      ...look.spec,
    },
    status: {
      phase: 'Running',
      qosClass: 'Burstable',
      podIP: '10.244.1.7',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: statuses(containers),
      initContainerStatuses: statuses(initContainers),
      ephemeralContainerStatuses: statuses(ephemeralContainers),
      ...look.status,
    },
  };
}

function containerSpec({ name = 'app', spec }: ContainerLook): Json {
  return { name, image: 'registry.example/web:1.4', resources: { limits: { memory: '256Mi' } }, ...spec };
}

function containerStatus(look: ContainerLook, runtime: string, started: boolean): Json {
  const { name = 'app', id = 'run-0', state = running(0), lastState = {}, ready = true, restartCount = 0 } = look;
  const made = id === '' ? {} : { containerID: `${runtime}://${fullId(id)}` };
  return {
    name,
    state,
    lastState,
    ready,
    restartCount,
    image: 'registry.example/web:1.4',
    imageID: 'registry.example/web@sha256:1f2e',
    ...made,
    ...(started && { started: 'running' in state && look.started !== false }),
  };
}

export interface StatsLook {
  /** Seconds after T0 at which the kubelet counted. */
  second: number;
  /** Seconds of CPU used. */
  cpu: number;
  mem?: number;
  limit?: number | null;
  rx?: number;
  tx?: number;
  name?: string;
  uid?: string;
  startTime?: string;
}

/** The kubelet's answer, one container a pod. */
export function aSummary(containers: StatsLook[], version: KubernetesVersion = 'v1.34.1'): Json {
  const second = Math.max(0, ...containers.map((one) => one.second));
  return {
    node: {
      nodeName: NODE,
      systemContainers: [{ name: 'kubelet', startTime: at(-900), cpu: cpuOf(second, 3) }],
      startTime: at(-900),
      cpu: cpuOf(second, 1000 + second * 1.5),
      memory: { time: at(second), availableBytes: 6e9, usageBytes: 5e9, workingSetBytes: 2e9, rssBytes: 1e9 },
      ...(version !== 'v1.15.12' && { rlimit: { time: at(second), maxpid: 4194304, curproc: 312 } }),
    },
    pods: containers.map((one) => podStats(one, version)),
  };
}

function podStats(one: StatsLook, version: KubernetesVersion): Json {
  const { second, cpu, mem = 50e6, limit = null, rx = 0, tx = 0, name = 'app', uid = POD_UID } = one;
  const interfaces = [
    { name: 'eth0', rxBytes: rx, rxErrors: 0, txBytes: tx, txErrors: 0 },
    { name: 'lo', rxBytes: 9e9, txBytes: 9e9 },
  ];
  const usual = { name: 'eth0', rxBytes: rx, rxErrors: 0, txBytes: tx, txErrors: 0 };
  return {
    podRef: { name: 'web-7d4b9c6f5d-x2x4z', namespace: 'shop', uid },
    startTime: at(-60),
    containers: [
      {
        name,
        startTime: one.startTime ?? at(-1),
        cpu: cpuOf(second, cpu),
        memory: {
          time: at(second),
          ...(limit !== null && { availableBytes: limit - mem }),
          usageBytes: mem + 5e6,
          workingSetBytes: mem,
          rssBytes: mem / 2,
        },
        rootfs: { time: at(second), capacityBytes: 1e11, usedBytes: 40960 },
        logs: { time: at(second), usedBytes: 8192 },
      },
    ],
    cpu: cpuOf(second, cpu + 1),
    network: { time: at(second), ...usual, ...(version !== 'v1.15.12' && { interfaces }) },
    ...(version !== 'v1.15.12' && { process_stats: { process_count: 4 } }),
  };
}

function cpuOf(second: number, used: number): Json {
  return { time: at(second), usageNanoCores: 250_000_000, usageCoreNanoSeconds: Math.round(used * 1e9) };
}
