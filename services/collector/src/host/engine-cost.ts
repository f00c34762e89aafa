import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SteadyClock } from '../readers/reader.ts';
import { ProcFile, textOf } from './proc-file.ts';
import { processCpuMs } from './proc-texts.ts';

/** The engine's own processes; containers' and their shims are not among them. */
const ENGINE_PROGRAMS = new Set(['dockerd', 'containerd', 'podman', 'kubelet', 'crio', 'k3s-server', 'k3s-agent']);
const LOOK_AGAIN_MS = 60_000;

/** What the engine's processes cost on this machine. */
export class EngineCost {
  private readonly processes = new Map<string, { file: ProcFile; cpuMs: number }>();
  private lookedAt = -Infinity;
  private readAt = NaN;

  constructor(
    private readonly procRoot: string,
    private readonly steady: SteadyClock,
  ) {}

  /** Percent of one core since the last call; null where no engine's process is found. */
  read(): number | null {
    const now = this.steady();
    if (this.processes.size === 0 && now - this.lookedAt >= LOOK_AGAIN_MS) this.look(now);
    const elapsed = now - this.readAt; // 0 when they were found just now
    this.readAt = now;
    let used = 0;
    for (const [pid, process] of this.processes) {
      const cpuMs = processCpuMs(process.file.read() ?? '');
      if (cpuMs === undefined) this.drop(pid);
      else {
        used += Math.max(0, cpuMs - process.cpuMs);
        process.cpuMs = cpuMs;
      }
    }
    if (this.processes.size === 0 || !(elapsed > 0)) return null;
    return Math.round((used / elapsed) * 10_000) / 100;
  }

  /** The engine came back: its processes are others now. */
  lookAgain(): void {
    this.close();
    this.lookedAt = -Infinity;
  }

  close(): void {
    for (const pid of [...this.processes.keys()]) this.drop(pid);
  }

  private look(now: number): void {
    this.lookedAt = this.readAt = now;
    for (const pid of pidsUnder(this.procRoot)) {
      if (this.processes.has(pid) || !ENGINE_PROGRAMS.has(textOf(join(this.procRoot, pid, 'comm'))?.trim() ?? ''))
        continue;
      const file = new ProcFile(join(this.procRoot, pid, 'stat'));
      const cpuMs = processCpuMs(file.read() ?? '');
      if (cpuMs === undefined) file.close();
      else this.processes.set(pid, { file, cpuMs });
    }
  }

  private drop(pid: string): void {
    this.processes.get(pid)?.file.close();
    this.processes.delete(pid);
  }
}

function pidsUnder(procRoot: string): string[] {
  try {
    return readdirSync(procRoot).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
