import { STAT_COLS, type ContainerEvent, type HostReport, type StatsSweep } from '@deckwatch/contracts';
import { chance } from './chance.ts';
import { figuresAt, type Figures } from './figures.ts';
import { FleetContainer } from './fleet-container.ts';
import { planHost } from './plan.ts';
import { TROUBLES, type Act } from './troubles.ts';

export interface FleetHostOptions {
  seed: number;
  /** Which of how many hosts. */
  number: number;
  hosts: number;
  host: string;
  containers: number;
  intervalMs: number;
  /** When the fleet began, Unix milliseconds. */
  startedAt: number;
  /** Whether each sample is also told alone. */
  singles: boolean;
}

/** What one sweep of a host has to tell. */
export interface Told {
  events: ContainerEvent[];
  /** The sweep as JSON. */
  sweep: string;
  singles: { id: string; json: string }[];
  report: HostReport;
}

interface Due {
  at: number;
  container: FleetContainer;
  act: Act;
}

const GIB = 1024 ** 3;
const INDEX_STEP = 100_000;
const COLS = JSON.stringify(STAT_COLS);

/** A simulated host: says what a collector would say of it. No clock and no broker of its own. */
export class FleetHost {
  readonly containers: FleetContainer[];
  private readonly cpus: number;
  private readonly memTotal: number;
  private readonly due: Due[] = [];
  private replaced = 0;
  private latest: { rows: string[]; t: number } = { rows: [], t: 0 };
  /** What it reported last. */
  lastReport: HostReport | undefined;

  constructor(private readonly options: FleetHostOptions) {
    const { seed, number, hosts, host, containers, startedAt } = options;
    const plans = planHost(seed, number, hosts, containers);
    const index = number * INDEX_STEP;
    this.containers = plans.map((plan, at) => new FleetContainer(plan, index + at, host, seed, startedAt));
    const sum = (of: 'cpu' | 'mem') => plans.reduce((total, { profile }) => total + profile[of], 0);
    this.cpus = Math.max(4, 4 * Math.ceil(sum('cpu') / 100 / 0.45 / 4));
    this.memTotal = Math.max(8, 8 * Math.ceil(sum('mem') / 0.6 / GIB / 8)) * GIB;
  }

  get name(): string {
    return this.options.host;
  }

  /** Something goes wrong, or is done, with one of its containers. */
  trouble(number: number, t: number): void {
    const { seed } = this.options;
    const story = TROUBLES[Math.floor(chance(seed, number, 21) * TROUBLES.length)]!;
    const container = this.containers[Math.floor(chance(seed, number, 22) * this.containers.length)]!;
    const busy = this.due.some((due) => due.container === container);
    if (busy || container.told.state !== 'running') return;
    if (story[0]!.act === 'unhealthy' && !container.plan.healthCheck) return;
    for (const { afterMs, act } of story) this.due.push({ at: t + afterMs, container, act });
  }

  /** @param cost what the simulation itself costs for this host */
  sweep(t: number, cost: HostReport['cost']): Told {
    const events = this.perform(t);
    const elapsed = t - this.options.startedAt;
    const told: Told['singles'] = [];
    const rows: string[] = [];
    const sum = { cpu: 0, mem: 0 };
    for (const container of this.containers) {
      if (!container.runs) continue;
      const figures = figuresAt(this.options.seed, container.index, container.plan.profile, elapsed);
      if (container.told.state === 'paused') figures.cpu = figures.rx = figures.tx = figures.rd = figures.wr = 0;
      if (!container.fresh) {
        rows.push(rowOf(container.told.id, figures));
        if (this.options.singles) told.push({ id: container.told.id, json: this.single(container, figures, t) });
        sum.cpu += figures.cpu;
        sum.mem += figures.mem;
      }
      container.fresh = false;
    }
    this.latest = { rows, t };
    const report = this.report(t, sum, cost);
    this.lastReport = report;
    return { events, sweep: this.sweepJson(), singles: told, report };
  }

  /** As the request `latest` is answered; null before the first sweep. */
  latestSweep(): StatsSweep | null {
    return this.latest.t === 0 ? null : (JSON.parse(this.sweepJson()) as StatsSweep);
  }

  private sweepJson(): string {
    const { host, intervalMs } = this.options;
    const { rows, t } = this.latest;
    return `{"v":1,"host":"${host}","cols":${COLS},"t":${t},"intervalMs":${intervalMs},"rows":[${rows.join(',')}]}`;
  }

  private single({ told }: FleetContainer, figures: Figures, t: number): string {
    const { host } = this.options;
    return `{"v":1,"host":"${host}","id":"${told.id}","name":"${told.name}","t":${t},${JSON.stringify(figures).slice(1)}`;
  }

  private report(t: number, sum: { cpu: number; mem: number }, cost: HostReport['cost']): HostReport {
    const mem = Math.round(sum.mem);
    const hundredths = (value: number) => Math.round(value * 100) / 100;
    return {
      v: 1,
      t,
      host: this.options.host,
      cpus: this.cpus,
      cpu: hundredths(sum.cpu),
      cpuPercent: hundredths(sum.cpu / this.cpus),
      mem,
      memPercent: hundredths((100 * mem) / this.memTotal),
      memTotal: this.memTotal,
      containers: this.containers.length,
      running: this.containers.filter(({ told }) => told.state === 'running').length,
      intervalMs: this.options.intervalMs,
      reader: 'engine',
      engine: 'up',
      engineReason: null,
      engineVersion: '28.3.2',
      demo: true,
      cost,
    };
  }

  private perform(t: number): ContainerEvent[] {
    const now = this.due.filter(({ at }) => at <= t);
    if (now.length === 0) return [];
    this.due.splice(0, this.due.length, ...this.due.filter(({ at }) => at > t));
    return now.flatMap((due) => this.act(due, t));
  }

  private act(due: Due, t: number): ContainerEvent[] {
    const { container, act } = due;
    switch (act) {
      case 'die':
        return [container.end(t, 1, false)];
      case 'oom':
        return [container.say('oom', t, { oomKilled: true }), container.end(t, 137, false)];
      case 'stop':
        return [container.end(t, 0, true)];
      case 'start':
        return [container.start(t)];
      case 'pause':
        return [container.say('paused', t, { state: 'paused' })];
      case 'unpause':
        return [container.say('unpaused', t, { state: 'running' })];
      case 'healthy':
      case 'unhealthy':
        return container.plan.healthCheck ? [container.say(act, t, { health: act })] : [];
      case 'deploy':
        return this.deploy(container, t);
    }
  }

  /** Replaces a container by one of the next version, with an id of its own, as compose does. */
  private deploy(old: FleetContainer, t: number): ContainerEvent[] {
    const image = old.plan.image.replace(/(\d+)$/, (digits) => String(Number(digits) + 1));
    const plan = { ...old.plan, image };
    const { seed, host } = this.options;
    const next = new FleetContainer(plan, old.index, host, seed, t, (this.replaced += 1));
    const ended = [old.end(t, 0, true), old.say('removed', t, { state: 'removing' })];
    next.told = { ...next.told, createdAt: t, startedAt: null, restarts: 0 };
    const created = next.say('created', t, { state: 'created', health: null });
    const events = [...ended, created, next.start(t)];
    this.containers[this.containers.indexOf(old)] = next;
    for (const due of this.due) if (due.container === old) due.container = next;
    return events;
  }
}

function rowOf(id: string, { cpu, mem, memLimit, rx, tx, rd, wr, pids }: Figures): string {
  return `["${id}",${cpu},${mem},${memLimit},${rx},${tx},${rd},${wr},${pids}]`;
}
