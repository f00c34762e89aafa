import { STAT_COLS, type ContainerEvent, type StatsSweep } from '@deckwatch/contracts';
import { silenceOf } from './silence-watch.ts';
import type { TargetIndex } from './target-index.ts';
import { newTarget, type Target } from './targets.ts';

/** What one host adds to a service. */
interface Part {
  readonly members: Set<Target>;
  /** Of its host's last sweep, Unix milliseconds; 0: there was none. */
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
/** Where a metric stands in a row of a sweep, which begins with the id. */
const COLUMNS = new Map<string, number>(STAT_COLS.map((metric, at) => [metric, at + 1]));
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
    const part = sum.parts.get(host) ?? { members: new Set<Target>(), t: 0 };
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

  /** A host's sweep came in: tells of each service with containers there. Nothing is summed before it is asked for. */
  sweep({ host, t }: StatsSweep, onService: (service: Target) => void): void {
    for (const { target, parts } of this.byHost.get(host) ?? []) {
      parts.get(host)!.t = t;
      onService(target);
    }
  }

  /** The value of a metric; null: not known of all its containers, or its replicas are being changed on purpose. */
  valueOf(service: Target, metric: string, t: number): number | null {
    const sum = this.services.get(service.key);
    if (!sum) return null;
    if (metric === 'replicas') return t < sum.changingUntil ? null : replicasOf(sum);
    const column = COLUMNS.get(metric);
    if (column === undefined) return null;
    let total = 0;
    for (const part of sum.parts.values()) {
      const value = part.t === 0 || t - part.t > silenceOf(service) ? null : sumOver(part, column);
      if (value === null) return null;
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

/** Over the running members of one host; null: not all are known. */
function sumOver({ members, t }: Part, column: number): number | null {
  let sum = 0;
  for (const { running, lastRow, sampledAt } of members) {
    if (!running) continue;
    const value = sampledAt === t ? lastRow?.[column] : null;
    if (typeof value !== 'number') return null;
    sum += value;
  }
  return sum;
}

function replicasOf({ parts }: ServiceSum): number {
  let count = 0;
  for (const { members } of parts.values()) for (const { running } of members) if (running) count += 1;
  return count;
}

function keyOf(project: string | null, service: string | null): string {
  return `${project}.${service}`;
}
