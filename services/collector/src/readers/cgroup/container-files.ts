import { join } from 'node:path';
import type { Counters } from '../../rates/counters.ts';
import { CounterFile, fileBytes, type DescriptorBudget } from './counter-file.ts';
import { blkioBytes, Field, ioStatBytes, netDevBytes, singleNumber, type Pair } from './parse.ts';

/** `unreadable`: not this time, as when the machine has no descriptor left. */
export type ReadOutcome = 'read' | 'unreadable' | 'gone';

/** The files of one container, kept open. */
export interface ContainerFiles {
  /** Fills in all but `at`. */
  read(into: Counters): ReadOutcome;
  close(): void;
}

/** What the kernel shows of one container's controllers: folders, null where there is no such controller. */
export interface V1Folders {
  cpuacct: string;
  memory: string | null;
  pids: string | null;
  blkio: string | null;
}

type Open = (folder: string | null, ...names: string[]) => CounterFile | undefined;

function opener(budget: DescriptorBudget): Open {
  return (folder, ...names) => {
    if (folder === null) return undefined;
    for (const name of names) {
      const file = CounterFile.open(join(folder, name), budget);
      if (file) return file;
    }
    return undefined;
  };
}

const pair: Pair = { first: 0, second: 0 };

/** What both versions share: the network of the container's first process, and closing. */
abstract class SharedFiles implements ContainerFiles {
  protected abstract readonly files: (CounterFile | undefined)[];
  private gone = false;

  protected constructor(
    private readonly netDev: CounterFile | undefined,
    private readonly noInterfaces: boolean,
  ) {}

  read(into: Counters): ReadOutcome {
    this.gone = false;
    this.readControllers(into);
    this.readNetwork(into);
    if (this.gone) return 'gone';
    return Number.isNaN(into.cpuNs) ? 'unreadable' : 'read';
  }

  close(): void {
    for (const file of this.files) file?.close();
    this.netDev?.close();
  }

  protected abstract readControllers(into: Counters): void;

  /** How many bytes of the file stand in the buffer; 0 where there is no such file. */
  protected bytesOf(file: CounterFile | undefined): number {
    const end = file === undefined ? 0 : file.read();
    if (end < 0) this.gone = true;
    return end;
  }

  protected number(file: CounterFile | undefined): number {
    return singleNumber(fileBytes, this.bytesOf(file));
  }

  private readNetwork(into: Counters): void {
    into.rx = into.tx = this.noInterfaces ? 0 : NaN;
    const end = this.bytesOf(this.netDev);
    if (end <= 0) return;
    netDevBytes(fileBytes, end, pair);
    into.rx = pair.first;
    into.tx = pair.second;
  }
}

/** The "no limit" of v1 is the largest whole number of pages below 2^63: anything of that order is none. */
const NO_LIMIT_V1 = 2 ** 62;

/** cgroup v1: a folder in each controller's hierarchy. */
export class V1Files extends SharedFiles {
  protected readonly files;
  private readonly inactiveFile = new Field('total_inactive_file');
  private readonly limit = new Field('hierarchical_memory_limit');

  private constructor(
    private readonly cpu: CounterFile,
    private readonly usage: CounterFile | undefined,
    private readonly stat: CounterFile | undefined,
    private readonly pids: CounterFile | undefined,
    private readonly blkio: CounterFile | undefined,
    netDev: CounterFile | undefined,
    noInterfaces: boolean,
  ) {
    super(netDev, noInterfaces);
    this.files = [cpu, usage, stat, pids, blkio];
  }

  /** @param netDev path of the container's `net/dev`, null where its network is not its own */
  static open(
    folders: V1Folders,
    netDev: string | null,
    noInterfaces: boolean,
    budget: DescriptorBudget,
  ): V1Files | undefined {
    const open = opener(budget);
    const cpu = open(folders.cpuacct, 'cpuacct.usage');
    if (!cpu) return undefined;
    return new V1Files(
      cpu,
      open(folders.memory, 'memory.usage_in_bytes'),
      open(folders.memory, 'memory.stat'),
      open(folders.pids, 'pids.current'),
      open(folders.blkio, 'blkio.throttle.io_service_bytes_recursive', 'blkio.throttle.io_service_bytes'),
      netDev === null ? undefined : CounterFile.open(netDev, budget),
      noInterfaces,
    );
  }

  protected readControllers(into: Counters): void {
    into.cpuNs = this.number(this.cpu);
    const usage = this.number(this.usage);
    const end = this.bytesOf(this.stat);
    into.mem = workingSet(usage, this.inactiveFile.read(fileBytes, end));
    // The limit that holds: its own, or that of a group above; memory.limit_in_bytes would cost a file more.
    const limit = this.limit.read(fileBytes, end);
    into.memLimit = limit < NO_LIMIT_V1 ? limit : NaN;
    into.pids = this.number(this.pids);
    const blocks = this.bytesOf(this.blkio);
    if (this.blkio) blkioBytes(fileBytes, blocks, pair);
    into.rd = this.blkio ? pair.first : NaN;
    into.wr = this.blkio ? pair.second : NaN;
  }
}

const NS_PER_US = 1000;

/** cgroup v2: one folder for all controllers. */
export class V2Files extends SharedFiles {
  protected readonly files;
  private readonly usageUsec = new Field('usage_usec');
  private readonly inactiveFile = new Field('inactive_file');

  private constructor(
    private readonly cpu: CounterFile,
    private readonly current: CounterFile | undefined,
    private readonly stat: CounterFile | undefined,
    private readonly max: CounterFile | undefined,
    private readonly pids: CounterFile | undefined,
    private readonly io: CounterFile | undefined,
    netDev: CounterFile | undefined,
    noInterfaces: boolean,
  ) {
    super(netDev, noInterfaces);
    this.files = [cpu, current, stat, max, pids, io];
  }

  static open(
    folder: string,
    netDev: string | null,
    noInterfaces: boolean,
    budget: DescriptorBudget,
  ): V2Files | undefined {
    const open = opener(budget);
    const cpu = open(folder, 'cpu.stat');
    if (!cpu) return undefined;
    return new V2Files(
      cpu,
      open(folder, 'memory.current'),
      open(folder, 'memory.stat'),
      open(folder, 'memory.max'),
      open(folder, 'pids.current'),
      open(folder, 'io.stat'),
      netDev === null ? undefined : CounterFile.open(netDev, budget),
      noInterfaces,
    );
  }

  protected readControllers(into: Counters): void {
    into.cpuNs = this.usageUsec.read(fileBytes, this.bytesOf(this.cpu)) * NS_PER_US;
    into.mem = workingSet(this.number(this.current), this.inactiveFile.read(fileBytes, this.bytesOf(this.stat)));
    into.memLimit = this.number(this.max);
    into.pids = this.number(this.pids);
    const end = this.bytesOf(this.io);
    if (this.io) ioStatBytes(fileBytes, end, pair);
    into.rd = this.io ? pair.first : NaN;
    into.wr = this.io ? pair.second : NaN;
  }
}

/**
 * Memory as `docker stats` counts it: what is used less the file cache that the kernel would give back first; all of
 * it where the cache is unknown or not smaller. Source: docker/cli `calculateMemUsageUnixNoCache`.
 */
export function workingSet(usage: number, inactiveFile: number): number {
  return inactiveFile < usage ? usage - inactiveFile : usage;
}
