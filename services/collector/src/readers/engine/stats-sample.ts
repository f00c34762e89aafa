import type { Counters } from '../../rates/counters.ts';
import { workingSet } from '../cgroup/container-files.ts';
import type { NetworkOwnership } from '../reader.ts';

type Json = Record<string, unknown>;

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function number(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value : NaN;
}

/** What the engine itself has: for figures that an old engine leaves out, and to know a limit that is none. */
export interface EngineSize {
  cpus: number;
  /** Bytes; null: unknown. */
  memTotal: number | null;
}

/**
 * Reads one answer of the stats API. CPU is measured as `docker stats` does, by the time that the machine's CPUs have
 * counted together (`system_cpu_usage`) divided by their number; everything else by the time of the reading, `read`.
 * Where one of the two clocks is missing, the other serves for both. False: the container is not running, or the answer
 * is something else.
 */
export function readStats(answer: unknown, network: NetworkOwnership, engine: EngineSize, into: Counters): boolean {
  const stats = object(answer);
  const cpu = object(stats['cpu_stats']);
  const usage = object(cpu['cpu_usage']);
  into.cpuNs = number(usage['total_usage']);
  into.cpuAt = systemTime(cpu, usage, engine.cpus);
  into.at = timeOf(stats['read']) ?? into.cpuAt;
  if (Number.isNaN(into.cpuNs) || Number.isNaN(into.at)) return false;
  readMemory(object(stats['memory_stats']), engine, into);
  if (Number.isNaN(into.mem) && into.cpuNs === 0) return false; // zeros all over: it does not run
  into.pids = number(object(stats['pids_stats'])['current']);
  readBlocks(object(stats['blkio_stats'])['io_service_bytes_recursive'], into);
  readNetworks(stats['networks'], network, into);
  return true;
}

const YEAR_2000 = 946_684_800_000;

/** Milliseconds with the fraction that Date.parse drops; undefined for a time that is none, such as Go's year 1. */
export function timeOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const whole = Date.parse(text);
  if (!(whole > YEAR_2000)) return undefined;
  const fraction = /\.\d{3}(\d{1,6})/.exec(text)?.[1];
  return fraction === undefined ? whole : whole + Number(`0.${fraction}`);
}

/** Milliseconds that the machine has counted: jiffies of all CPUs together, divided by how many there are. */
function systemTime(cpu: Json, usage: Json, hostCpus: number): number {
  return number(cpu['system_cpu_usage']) / onlineCpus(cpu, usage, hostCpus) / 1e6;
}

/** `online_cpus`; before API 1.27 the length of `percpu_usage`, which cgroup v2 leaves out; else the engine's own. */
export function onlineCpus(cpu: Json, usage: Json, hostCpus: number): number {
  const online = number(cpu['online_cpus']);
  if (online > 0) return online;
  const each = usage['percpu_usage'];
  return Array.isArray(each) && each.length > 0 ? each.length : hostCpus;
}

/** cgroup v1 calls the cache that is given back first `total_inactive_file`, v2 `inactive_file`. */
function readMemory(memory: Json, engine: EngineSize, into: Counters): void {
  const detail = object(memory['stats']);
  const total = number(detail['total_inactive_file']);
  into.mem = workingSet(number(memory['usage']), Number.isNaN(total) ? number(detail['inactive_file']) : total);
  const limit = number(memory['limit']);
  // The engine writes the machine's memory where there is no limit.
  into.memLimit = limit > 0 && limit < (engine.memTotal ?? 2 ** 62) ? limit : NaN;
}

/** Operations are spelled `Read` and `Write` on cgroup v1, `read` and `write` on v2; `null` without block devices. */
function readBlocks(entries: unknown, into: Counters): void {
  into.rd = into.wr = 0;
  if (!Array.isArray(entries)) return;
  for (const entry of entries) {
    const { op, value } = object(entry);
    const bytes = number(value);
    if (Number.isNaN(bytes)) continue;
    if (op === 'Read' || op === 'read') into.rd += bytes;
    else if (op === 'Write' || op === 'write') into.wr += bytes;
  }
}

function readNetworks(networks: unknown, ownership: NetworkOwnership, into: Counters): void {
  into.rx = into.tx = NaN;
  if (ownership === 'none') into.rx = into.tx = 0;
  if (ownership !== 'own' || typeof networks !== 'object' || networks === null) return;
  into.rx = into.tx = 0;
  for (const [name, counted] of Object.entries(networks)) {
    if (name === 'lo') continue;
    const { rx_bytes: received, tx_bytes: sent } = object(counted);
    into.rx += number(received);
    into.tx += number(sent);
  }
}
