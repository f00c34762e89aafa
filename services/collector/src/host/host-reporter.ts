import type { EngineState, HostReport, ReaderKind } from '@deckwatch/contracts';
import { Usage } from '@deckwatch/service-kit';
import type { EngineInfo } from '../engine/engine.ts';
import type { NodeFigures, SteadyClock } from '../readers/reader.ts';
import type { Sum } from '../sweep/sweeper.ts';
import { EngineCost } from './engine-cost.ts';
import { HostTotals, type Totals } from './host-totals.ts';

/** How the engine stands. */
export interface EngineStanding {
  state: EngineState;
  reason: string | null;
  info: EngineInfo | undefined;
  /** Whether it runs on this machine; as long as none was seen, whether one would. */
  local: boolean;
  demo: boolean;
}

export interface HostReporterOptions {
  host: string;
  procRoot: string;
  steady: SteadyClock;
  engine(): EngineStanding;
  reader(): ReaderKind;
  /** What the node as a whole does, where a reader knows. */
  node(): NodeFigures | undefined;
  counts(): { containers: number; running: number };
}

const COST_PERIOD_MS = 4500;

/** Writes the report on the host as a whole, and on what the watching costs. */
export class HostReporter {
  private readonly totals: HostTotals;
  private readonly engineCost: EngineCost;
  private readonly usage = new Usage();
  private lastCost: HostReport['cost'] = { cpu: null, rss: null, engineCpu: null };
  private costAt = -Infinity;

  constructor(private readonly options: HostReporterOptions) {
    this.totals = new HostTotals(options.procRoot);
    this.engineCost = new EngineCost(options.procRoot, options.steady);
  }

  readonly report = (t: number, intervalMs: number, sum: Sum): HostReport => {
    const { host, counts, reader } = this.options;
    const engine = this.options.engine();
    const { cpus, cpu, mem, memTotal } = this.totalsOf(engine, sum);
    const known = engine.state !== 'none';
    const { containers, running } = counts();
    return {
      v: 1,
      t,
      host,
      cpus: cpus ?? 1,
      cpu,
      cpuPercent: cpu === null || cpus === null ? null : hundredths(cpu / cpus),
      mem,
      memPercent: mem === null || memTotal === null ? null : hundredths((100 * mem) / memTotal),
      memTotal,
      containers: known ? containers : null,
      running: known ? running : null,
      intervalMs,
      reader: reader(),
      engine: engine.state,
      engineReason: engine.reason,
      engineVersion: engine.info?.version ?? null,
      demo: engine.demo,
      cost: this.cost(engine),
    };
  };

  /** The engine came back. */
  engineBack(): void {
    this.engineCost.lookAgain();
  }

  close(): void {
    this.totals.close();
    this.engineCost.close();
  }

  /** This machine's totals say nothing of an engine elsewhere. A simulated one uses what its containers use. */
  private totalsOf({ local, demo, info }: EngineStanding, sum: Sum): Totals {
    if (demo)
      return {
        cpus: info?.cpus ?? null,
        cpu: hundredths(sum.cpu),
        mem: Math.round(sum.mem),
        memTotal: info?.memTotal ?? null,
      };
    const unknown = { cpu: null, mem: null, memTotal: info?.memTotal ?? null };
    if (!local) return { cpus: info?.cpus ?? null, ...unknown, ...rounded(this.options.node()) };
    return this.totals.read();
  }

  /** Asked for less often than a report is written: it shows what it costs, and should cost little itself. */
  private cost({ local, demo }: EngineStanding): HostReport['cost'] {
    const now = this.options.steady();
    if (now - this.costAt < COST_PERIOD_MS) return this.lastCost;
    const engineCpu = local && !demo ? this.engineCost.read() : null;
    const cpu = this.usage.cpuPercent();
    // The first time it holds what starting has cost.
    this.lastCost = { cpu: this.costAt === -Infinity ? null : cpu, rss: this.usage.rss(), engineCpu };
    this.costAt = now;
    return this.lastCost;
  }
}

function rounded(node: NodeFigures | undefined): NodeFigures | undefined {
  return node && { ...node, cpu: node.cpu === null ? null : hundredths(node.cpu) };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
