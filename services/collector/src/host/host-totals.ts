import { join } from 'node:path';
import { ProcFile } from './proc-file.ts';
import { cpuTimes, memory, type CpuTimes } from './proc-texts.ts';

/** Null is unknown. CPU in percent of one core, memory in bytes. */
export interface Totals {
  cpus: number | null;
  cpu: number | null;
  mem: number | null;
  memTotal: number | null;
}

/** What this machine does as a whole, from /proc. */
export class HostTotals {
  private readonly stat: ProcFile;
  private readonly meminfo: ProcFile;
  private last: CpuTimes | undefined;
  private cpu: number | null = null;

  constructor(procRoot: string) {
    this.stat = new ProcFile(join(procRoot, 'stat'));
    this.meminfo = new ProcFile(join(procRoot, 'meminfo'));
    this.last = cpuTimes(this.stat.read() ?? '');
  }

  read(): Totals {
    const times = cpuTimes(this.stat.read() ?? '');
    const used = memory(this.meminfo.read() ?? '');
    this.takeCpu(times);
    return { cpus: times?.cpus ?? null, cpu: this.cpu, mem: used?.used ?? null, memTotal: used?.total ?? null };
  }

  close(): void {
    this.stat.close();
    this.meminfo.close();
  }

  /** Keeps the last figure where the kernel has not counted on since. */
  private takeCpu(times: CpuTimes | undefined): void {
    const { last } = this;
    this.last = times;
    if (!times || !last || times.total < last.total) this.cpu = null;
    else if (times.total > last.total) {
      const share = Math.max(0, times.busy - last.busy) / (times.total - last.total);
      this.cpu = Math.round(share * times.cpus * 10_000) / 100;
    }
  }
}
