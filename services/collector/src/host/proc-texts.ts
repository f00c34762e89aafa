/** The time that all CPUs of the machine have counted together, in ticks since its start. */
export interface CpuTimes {
  busy: number;
  total: number;
  /** How many CPUs are online. */
  cpus: number;
}

/**
 * `/proc/stat`: `cpu  user nice system idle iowait irq softirq steal guest guest_nice`. Idle time and waiting for I/O
 * are not busy; guest time is part of user time already. Undefined for what is no such text.
 */
export function cpuTimes(text: string): CpuTimes | undefined {
  const fields = /^cpu +([\d ]+)/.exec(text)?.[1]?.trim().split(/ +/).map(Number);
  if (!fields || fields.length < 4) return undefined;
  const total = fields.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
  const cpus = Math.max(1, text.match(/^cpu\d+ /gm)?.length ?? 1);
  return { busy: total - fields[3]! - (fields[4] ?? 0), total, cpus };
}

export interface Memory {
  /** Bytes. */
  total: number;
  /** MemTotal - MemAvailable, bytes. */
  used: number;
}

/** `/proc/meminfo`. Kernels before 3.14 don't say what is available: there it is what is free or cached. */
export function memory(text: string): Memory | undefined {
  const total = kibibytes(text, 'MemTotal');
  if (total === undefined) return undefined;
  const old = (kibibytes(text, 'MemFree') ?? 0) + (kibibytes(text, 'Buffers') ?? 0) + (kibibytes(text, 'Cached') ?? 0);
  const available = kibibytes(text, 'MemAvailable') ?? old;
  return { total, used: Math.max(0, total - available) };
}

function kibibytes(text: string, field: string): number | undefined {
  const match = new RegExp(`^${field}: +(\\d+) kB`, 'm').exec(text);
  return match ? Number(match[1]) * 1024 : undefined;
}

/** USER_HZ: what the kernel counts CPU time in for user space, on every architecture of Linux but Alpha. */
const TICKS_PER_SECOND = 100;

/**
 * `/proc/<pid>/stat`: the CPU time of a process, user and system, in milliseconds. The program's name stands in
 * brackets and may hold anything, brackets too.
 */
export function processCpuMs(text: string): number | undefined {
  const fields = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return text.includes(')') && ticks >= 0 ? (ticks * 1000) / TICKS_PER_SECOND : undefined;
}
