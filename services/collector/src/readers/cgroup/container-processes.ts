import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPodPath } from './pod-paths.ts';

/** Several containers that are looked for at once are found by one look. */
const LOOK_AGAIN_MS = 1000;
const MOST_PROCESSES = 50_000;

/** Finds a process of a container in `/proc`, where the one who lists containers does not tell it. */
export class ContainerProcesses {
  private pids = new Map<string, number>();
  private lookedAt = -Infinity;

  constructor(
    private readonly procRoot: string,
    private readonly steady: () => number,
  ) {}

  /** The container's oldest process by number; 0: none is seen. @param id 64 hex digits */
  find(id: string): number {
    if (!this.pids.has(id) || !this.holds(id)) this.look();
    return this.pids.get(id) ?? 0;
  }

  /** A number may be another process's by now. */
  private holds(id: string): boolean {
    return containerOf(this.procRoot, String(this.pids.get(id))) === id;
  }

  private look(): void {
    const now = this.steady();
    if (now - this.lookedAt < LOOK_AGAIN_MS) return;
    this.lookedAt = now;
    this.pids = new Map();
    for (const pid of processes(this.procRoot)) {
      const id = containerOf(this.procRoot, pid);
      if (id !== undefined && Number(pid) < (this.pids.get(id) ?? Infinity)) this.pids.set(id, Number(pid));
    }
  }
}

function processes(procRoot: string): string[] {
  try {
    return readdirSync(procRoot)
      .filter((name) => /^\d+$/.test(name))
      .slice(0, MOST_PROCESSES);
  } catch {
    return [];
  }
}

function containerOf(procRoot: string, pid: string): string | undefined {
  try {
    const text = readFileSync(join(procRoot, pid, 'cgroup'), 'utf8');
    for (const line of text.split('\n')) {
      const owner = readPodPath(line.split(':').slice(2).join(':'));
      if (owner) return owner.id;
    }
  } catch {
    // it has ended meanwhile
  }
  return undefined;
}
