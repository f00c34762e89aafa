import { STAT_COLS, type ContainerEvent, type StatsSweep } from '@deckwatch/contracts';
import { silenceOf } from './silence-watch.ts';
import type { TargetIndex } from './target-index.ts';
import { newTarget, type Target } from './targets.ts';

/** What one host adds to a service. */
interface Part {
  readonly members: Set<Target>;
  /** Sums of STAT_COLS over the running members; null: not all are known. */
  sums: (number | null)[];
  t: number;
}

interface ServiceSum {
  readonly target: Target;
  readonly parts: Map<string, Part>;
  /** Somebody is changing it until then, Unix milliseconds: what its replicas do meanwhile is meant. */
  changingUntil: number;
}

/** A replica that is stopped or replaced on purpose may take so long to be back. */
const CHANGE_MS = 30_000;
const ON_PURPOSE = new Set(['created', 'stopped', 'removed']);
export const SERVICE_REMOVED = 'the service was removed';

/** Services of compose projects as targets of their own: the sums over their containers on all hosts. */
export class ServiceSums {
  private readonly services = new Map<string, ServiceSum>();
  private readonly byHost = new Map<string, Set<ServiceSum>>();

  constructor(private readonly index: TargetIndex) {}

  /** How a container stands now. Returns its service where something of it can be judged. */
  container(member: Target, { event, t }: Pick<ContainerEvent, 'event' | 't'>): Target | undefined {
    const { project, service, host } = member;
    if (project === null || service === null) return undefined;
    const sum = this.sumOf(project, service);
    if (!sum) return undefined;
    const part = sum.parts.get(host) ?? { members: new Set<Target>(), sums: [], t: 0 };
    sum.parts.set(host, part);
    this.byHost.set(host, (this.byHost.get(host) ?? new Set()).add(sum));
    part.members.add(member);
    if (ON_PURPOSE.has(event)) sum.changingUntil = Math.max(sum.changingUntil, t + CHANGE_MS);
    return sum.target;
  }

  /** A container is no more. Returns its service. */
  removed(member: Target, t: number): Target | undefined {
    const sum = this.services.get(keyOf(member.project, member.service));
    const part = sum?.parts.get(member.host);
    if (!sum || !part?.members.delete(member)) return undefined;
    sum.changingUntil = Math.max(sum.changingUntil, t + CHANGE_MS);
    if (part.members.size === 0) {
      sum.parts.delete(member.host);
      this.byHost.get(member.host)?.delete(sum);
    }
    if (sum.parts.size > 0) return sum.target;
    this.services.delete(sum.target.key);
    this.index.drop(sum.target, SERVICE_REMOVED);
    return undefined;
  }

  /** The services with containers on a host, their sums brought up to its sweep. */
  *sweep({ host, t }: StatsSweep): Generator<Target> {
    for (const sum of this.byHost.get(host) ?? []) {
      const part = sum.parts.get(host)!;
      part.sums = sumsOf(part.members, t);
      part.t = t;
      yield sum.target;
    }
  }

  /** The value of a metric; null: not known of all its containers, or its replicas are being changed on purpose. */
  valueOf(service: Target, metric: string, t: number): number | null {
    const sum = this.services.get(service.key);
    if (!sum) return null;
    if (metric === 'replicas') return t < sum.changingUntil ? null : replicasOf(sum);
    const column = (STAT_COLS as readonly string[]).indexOf(metric);
    let total = 0;
    for (const part of sum.parts.values()) {
      const value = part.sums[column] ?? null;
      if (value === null || t - part.t > silenceOf(service)) return null;
      total += value;
    }
    return total;
  }

  private sumOf(project: string, service: string): ServiceSum | undefined {
    const key = keyOf(project, service);
    const present = this.services.get(key);
    if (present) return present;
    const about = { host: '', name: `${project}/${service}`, image: null, project, service, labels: {} };
    const sum: ServiceSum = { target: newTarget('service', key, about), parts: new Map(), changingUntil: 0 };
    this.services.set(key, sum);
    this.index.add(sum.target);
    return sum;
  }
}

function sumsOf(members: Iterable<Target>, t: number): (number | null)[] {
  const sums: (number | null)[] = STAT_COLS.map(() => 0);
  for (const { running, lastRow, sampledAt } of members) {
    if (!running) continue;
    for (let at = 0; at < sums.length; at += 1) {
      const value = sampledAt === t ? lastRow?.[at + 1] : null;
      const before = sums[at]!;
      sums[at] = typeof value === 'number' && before !== null ? before + value : null;
    }
  }
  return sums;
}

function replicasOf({ parts }: ServiceSum): number {
  let count = 0;
  for (const { members } of parts.values()) for (const { running } of members) if (running) count += 1;
  return count;
}

function keyOf(project: string | null, service: string | null): string {
  return `${project}.${service}`;
}
