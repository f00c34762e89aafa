import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@deckwatch/service-kit';
import { Counters } from '../../rates/counters.ts';
import { RateCalculator } from '../../rates/rate-calculator.ts';
import type { Reader, ReadTarget, SteadyClock, TakeRow } from '../reader.ts';
import { V1Files, V2Files, type ContainerFiles } from './container-files.ts';
import { DescriptorBudget } from './counter-file.ts';
import { ContainerProcesses } from './container-processes.ts';
import type { CgroupLayout } from './layout.ts';
import { locate } from './locate.ts';

/** Descriptors left to sockets, logs and the rest of the process. */
const RESERVED_DESCRIPTORS = 256;

export interface CgroupReaderOptions {
  layout: CgroupLayout;
  procRoot: string;
  steady: SteadyClock;
  log: Log;
  /** `ulimit -n`; default: what the kernel says of this process. */
  descriptorLimit?: number;
  /** Told of each container whose cgroup is looked for: whether it is here. */
  onLookup?: (found: boolean) => void;
  /** Told of a container whose cgroup has vanished while it was watched. */
  onGone?: (id: string) => void;
}

class Watched {
  readonly rates = new RateCalculator();

  constructor(
    readonly target: ReadTarget,
    readonly files: ContainerFiles,
  ) {}
}

/** Reads counters from the kernel's files: the fast path, for an engine on this machine. */
export class CgroupReader implements Reader {
  readonly kind = 'cgroup';
  readonly shortestIntervalMs = 250;
  private readonly watched = new Map<string, Watched>();
  private readonly counters = new Counters();
  private readonly budget: DescriptorBudget;
  private readonly hostNetwork: string | undefined;
  private readonly processes: ContainerProcesses;

  constructor(private readonly options: CgroupReaderOptions) {
    const limit = options.descriptorLimit ?? descriptorLimit();
    this.budget = new DescriptorBudget(Math.max(0, limit - RESERVED_DESCRIPTORS), (kept) => {
      options.log.warn('too few file descriptors: raise ulimit -n; files beyond are opened for each reading', {
        limit,
        kept,
      });
    });
    this.hostNetwork = networkOf(options.procRoot, 1);
    this.processes = new ContainerProcesses(options.procRoot, options.steady);
  }

  watch(target: ReadTarget): void {
    this.unwatch(target.id);
    const files = this.open(target);
    this.options.onLookup?.(files !== undefined);
    if (!files) return;
    const watched = new Watched(target, files);
    this.watched.set(target.id, watched);
    this.take(watched);
  }

  unwatch(id: string): void {
    this.watched.get(id)?.files.close();
    this.watched.delete(id);
  }

  watches(id: string): boolean {
    return this.watched.has(id);
  }

  hurry(): void {}

  sweep(take: TakeRow): void {
    for (const watched of this.watched.values()) {
      if (this.take(watched)) take(watched.target, watched.rates);
    }
  }

  close(): void {
    for (const id of [...this.watched.keys()]) this.unwatch(id);
  }

  private take({ target, files, rates }: Watched): boolean {
    const { counters } = this;
    counters.at = this.options.steady();
    const outcome = files.read(counters);
    if (outcome === 'gone') {
      this.unwatch(target.id);
      this.options.onGone?.(target.id);
    }
    return outcome === 'read' && rates.take(counters);
  }

  private open(wanted: ReadTarget): ContainerFiles | undefined {
    const { layout, procRoot } = this.options;
    const target = wanted.pid > 0 ? wanted : { ...wanted, pid: this.processes.find(wanted.fullId) };
    const netDev = this.ownsNetwork(target) ? join(procRoot, String(target.pid), 'net/dev') : null;
    const noInterfaces = target.network === 'none';
    if (layout.version === 2) {
      const found = locate({ unified: { root: layout.root, controller: null } }, 'unified', target, procRoot);
      return found?.unified ? V2Files.open(found.unified, netDev, noInterfaces, this.budget) : undefined;
    }
    const root = (controller: 'cpuacct' | 'memory' | 'pids' | 'blkio') => ({ root: layout[controller], controller });
    const roots = { cpuacct: root('cpuacct'), memory: root('memory'), pids: root('pids'), blkio: root('blkio') };
    const found = locate(roots, 'cpuacct', target, procRoot);
    if (!found?.cpuacct) return undefined;
    return V1Files.open({ ...found, cpuacct: found.cpuacct }, netDev, noInterfaces, this.budget);
  }

  /** Whether the engine says so and, where the kernel lets us look, it is not the host's namespace after all. */
  private ownsNetwork(target: ReadTarget): boolean {
    if (target.network !== 'own' || target.pid <= 0) return false;
    return this.hostNetwork === undefined || networkOf(this.options.procRoot, target.pid) !== this.hostNetwork;
  }
}

/** The name of a process's network namespace, where it may be seen. */
function networkOf(procRoot: string, pid: number): string | undefined {
  try {
    return readlinkSync(join(procRoot, String(pid), 'ns/net'));
  } catch {
    return undefined;
  }
}

const USUAL_LIMIT = 1024;

/** `ulimit -n` of this process. */
function descriptorLimit(): number {
  try {
    const match = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return match?.[1] === 'unlimited' ? Infinity : Number(match?.[1] ?? USUAL_LIMIT);
  } catch {
    return USUAL_LIMIT;
  }
}
