import { Counters } from '../../rates/counters.ts';
import { timeOf } from '../engine/stats-sample.ts';

type Json = Record<string, unknown>;

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function number(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value : NaN;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What the kubelet counted of one container. `counters.at` is its own time, Unix milliseconds. */
export interface KubeletSample {
  /** When the kubelet began to count it; another one is another run. */
  countedSince: string;
  counters: Counters;
}

/** The network of a pod as a whole: `at`, `rx` and `tx` alone are known. */
export type PodNetwork = Counters;

export interface Summary {
  node: Counters;
  /** Bytes; NaN: unknown. */
  nodeMemTotal: number;
  /** By `<uid of the pod>/<container>`. */
  containers: Map<string, KubeletSample>;
  /** By the uid of the pod. */
  networks: Map<string, PodNetwork>;
}

/** No kubelet runs so many. */
const MOST_PODS = 5000;
const MOST_CONTAINERS = 1000;

/**
 * Reads the kubelet's `/stats/summary`. Figures that a version or runtime leaves out are unknown, and a part without a
 * time of its own says nothing. Undefined: it is no summary. Source: Kubernetes `kubelet/pkg/apis/stats/v1alpha1`.
 */
export function readSummary(answer: unknown): Summary | undefined {
  const { node, pods } = object(answer);
  if (typeof node !== 'object' || node === null || (pods !== undefined && pods !== null && !Array.isArray(pods))) {
    return undefined;
  }
  const whole = object(node);
  const summary: Summary = {
    node: countersOf(whole),
    nodeMemTotal: number(object(whole['memory'])['availableBytes']) + workingSet(whole),
    containers: new Map(),
    networks: new Map(),
  };
  for (const pod of list(pods).slice(0, MOST_PODS)) readPod(object(pod), summary);
  return summary;
}

function readPod(pod: Json, into: Summary): void {
  const uid = text(object(pod['podRef'])['uid']);
  if (uid === '') return;
  for (const container of list(pod['containers']).slice(0, MOST_CONTAINERS)) {
    const stats = object(container);
    const counters = countersOf(stats);
    if (Number.isNaN(counters.at) || Number.isNaN(counters.cpuNs)) continue;
    into.containers.set(`${uid}/${text(stats['name'])}`, { countedSince: text(stats['startTime']), counters });
  }
  const network = networkOf(object(pod['network']));
  if (network) into.networks.set(uid, network);
}

function countersOf(stats: Json): Counters {
  const cpu = object(stats['cpu']);
  const counters = new Counters();
  counters.at = timeOf(cpu['time']) ?? NaN;
  counters.cpuNs = number(cpu['usageCoreNanoSeconds']);
  counters.mem = workingSet(stats);
  // What is left until the limit is said only where there is one.
  counters.memLimit = number(object(stats['memory'])['availableBytes']) + counters.mem;
  return counters;
}

function workingSet(stats: Json): number {
  return number(object(stats['memory'])['workingSetBytes']);
}

/** All interfaces but `lo`; the kubelet of old names the usual one alone. */
function networkOf(network: Json): PodNetwork | undefined {
  const counters = new Counters();
  counters.at = timeOf(network['time']) ?? NaN;
  if (Number.isNaN(counters.at)) return undefined;
  const each = list(network['interfaces']).map(object);
  const counted = (each.length > 0 ? each : [network]).filter(({ name }) => name !== 'lo');
  const sum = (field: string): number => counted.reduce((total, one) => total + number(one[field]), 0);
  counters.cpuNs = 0;
  counters.rx = sum('rxBytes');
  counters.tx = sum('txBytes');
  return counters;
}
