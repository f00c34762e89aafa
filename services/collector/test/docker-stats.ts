/** What `docker stats` shows of one answer of the stats API. Source: docker/cli, `cli/command/container/stats_helpers.go`. */
interface Answer {
  read: string;
  preread: string;
  cpu_stats: CpuStats;
  precpu_stats: CpuStats;
  memory_stats: { usage: number; stats: Record<string, number> };
}

interface CpuStats {
  cpu_usage: { total_usage: number; percpu_usage?: number[] };
  system_cpu_usage?: number;
  online_cpus?: number;
}

export interface DockerFigures {
  cpu: number;
  mem: number;
  /**
   * Whether the time that the CPUs counted agrees with the time that passed, within 2 %. On a machine that is overloaded
   * it does not: the engine looks at the two too far apart, and what `docker stats` shows is off by as much.
   */
  sound: boolean;
}

/** Undefined for the first answer of a stream, which has nothing before it. */
export function dockerStats(answer: unknown): DockerFigures | undefined {
  const { read, preread, cpu_stats: cpu, precpu_stats: before, memory_stats: memory } = answer as Answer;
  if (preread.startsWith('0001')) return undefined;
  const used = cpu.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const system = (cpu.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const online = cpu.online_cpus || cpu.cpu_usage.percpu_usage?.length || 1;
  const cache = memory.stats['total_inactive_file'] ?? memory.stats['inactive_file'] ?? 0;
  const passed = Date.parse(read) - Date.parse(preread);
  const sound = Math.abs(system / online / 1e6 / passed - 1) <= 0.02;
  return {
    sound,
    cpu: (used / system) * online * 100,
    mem: cache < memory.usage ? memory.usage - cache : memory.usage,
  };
}
