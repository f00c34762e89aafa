import { STAT_COLS } from '@deckwatch/contracts';
import type { Container, ContainerEvent, ContainerSample, Host, HostReport, Sample, StatsRow, StatsSweep } from '@deckwatch/contracts'; // prettier-ignore
import { AN_ID, A_HOST, A_MOMENT } from './constants.ts';

const MIB = 1024 * 1024;

/** Plain figures of a container at work. */
export function aSample(over: Partial<Sample> = {}): Sample {
  return { cpu: 12.5, mem: 64 * MIB, memLimit: 256 * MIB, rx: 1000, tx: 2000, rd: 0, wr: 4096, pids: 3, ...over };
}

/** A row of a sweep; what `over` leaves out is as in {@link aSample}. */
export function aStatsRow(id: string = AN_ID, over: Partial<Sample> = {}): StatsRow {
  const sample = aSample(over);
  return [id, ...STAT_COLS.map((col) => sample[col])];
}

export function aStatsSweep(over: Partial<StatsSweep> = {}): StatsSweep {
  const rows = [aStatsRow()] as StatsSweep['rows'];
  return { v: 1, t: A_MOMENT, host: A_HOST, intervalMs: 1000, cols: [...STAT_COLS], rows, ...over };
}

export function aContainerSample(over: Partial<ContainerSample> = {}): ContainerSample {
  return { v: 1, t: A_MOMENT, host: A_HOST, id: AN_ID, name: 'web', ...aSample(), ...over };
}

export function aContainerEvent(over: Partial<ContainerEvent> = {}): ContainerEvent {
  return {
    v: 1,
    t: A_MOMENT,
    host: A_HOST,
    id: AN_ID,
    name: 'web',
    image: 'nginx:1.27',
    state: 'running',
    health: null,
    labels: {},
    project: null,
    service: null,
    createdAt: A_MOMENT - 60_000,
    startedAt: A_MOMENT - 59_000,
    restarts: 0,
    exitCode: null,
    oomKilled: false,
    event: 'started',
    ...over,
  };
}

export function aContainer(over: Partial<Container> = {}): Container {
  const event = aContainerEvent(over);
  return { ...event, key: `${event.host}.${event.id}`, demo: false, ...over };
}

export function aHostReport(over: Partial<HostReport> = {}): HostReport {
  return {
    v: 1,
    t: A_MOMENT,
    host: A_HOST,
    cpus: 4,
    cpu: 100,
    cpuPercent: 25,
    mem: 4096 * MIB,
    memPercent: 50,
    memTotal: 8192 * MIB,
    containers: 3,
    running: 2,
    intervalMs: 1000,
    reader: 'cgroup',
    engine: 'up',
    demo: false,
    cost: { cpu: 0.6, rss: 80 * MIB, engineCpu: 1.5 },
    ...over,
  };
}

export function aHost(over: Partial<Host> = {}): Host {
  const report = aHostReport(over);
  return { ...report, key: report.host, status: 'up', ...over };
}
