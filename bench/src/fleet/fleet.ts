import { Bus, FencedOut, RpcFault, type Bucket, type BusSubscription, type SubjectLog } from '@deckwatch/bus';
import {
  BUCKETS,
  COLLECTOR_RPC,
  ContainerEvent,
  filters,
  HostRecord,
  INSPECT_RPC,
  subjects,
  token,
  type ContainerDetails,
  type HostReport,
} from '@deckwatch/contracts';
import { Usage } from '@deckwatch/service-kit';
import { silentLog } from '@deckwatch/testing';
import { detailsOf } from './details.ts';
import { onceEnded } from '../signals.ts';
import { FleetHost } from './fleet-host.ts';

export interface FleetOptions {
  /** The broker's URL with credentials that may publish everything. */
  nats: string;
  /** Hosts are called `<name>-1`, `<name>-2`, … */
  name: string;
  hosts: number;
  /** Of all hosts together. */
  containers: number;
  seed: number;
  /** From one sweep to the next. */
  intervalMs: number;
  /** How often something happens to a container, in the whole fleet. */
  eventsPerMinute: number;
  /** Whether each sample is also published alone, as collectors do by default. */
  singles: boolean;
}

const CONNECT_MS = 10_000;
const CLAIM_MS = 60_000;

/**
 * Simulated hosts that speak on NATS as collectors do: reports, sweeps, single samples, the inventory in its stream,
 * claims of their names, answers to `latest` and `inspect`. They are marked as a demo.
 */
export class Fleet {
  readonly hosts: FleetHost[];
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly served: BusSubscription[] = [];
  private readonly startedAt = Date.now();
  private readonly usage = new Usage();
  private readonly inventory: SubjectLog;
  private cost: HostReport['cost'] = { cpu: null, rss: null, engineCpu: null };
  private troubles = 0;
  private stopped = false;
  private readonly writing = new Set<Promise<unknown>>();

  private constructor(
    private readonly options: FleetOptions,
    private readonly bus: Bus,
    private readonly claims: Bucket<HostRecord>,
  ) {
    const { hosts, containers, name, seed, intervalMs, singles } = options;
    const share = (number: number) => Math.floor(containers / hosts) + (number < containers % hosts ? 1 : 0);
    this.inventory = bus.log('CONTAINERS');
    this.hosts = Array.from({ length: hosts }, (_, number) => {
      const host = token(`${name}-${number + 1}`);
      const [count, startedAt] = [share(number), this.startedAt];
      return new FleetHost({ seed, number, hosts, host, containers: count, intervalMs, startedAt, singles });
    });
  }

  /** Resolves when the inventory is written and every host sweeps. Rejects when the broker does not answer. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const signal = AbortSignal.timeout(CONNECT_MS);
    const bus = await Bus.connect({ servers: options.nats, name: 'bench-fleet', log: silentLog, signal });
    const fleet = new Fleet(options, bus, await bus.bucket(BUCKETS.hosts, HostRecord));
    await fleet.begin();
    return fleet;
  }

  private async begin(): Promise<void> {
    const { intervalMs, eventsPerMinute } = this.options;
    for (const host of this.hosts) {
      // What a fleet that was killed has left is adopted, so that writes follow it.
      await this.inventory.last(filters.containersOf(host.name), ContainerEvent);
      const prefix = `collector.${host.name}`;
      this.served.push(
        this.bus.serve(prefix, COLLECTOR_RPC, { latest: () => host.latestSweep() }, prefix),
        this.bus.serve(prefix, INSPECT_RPC, { inspect: ({ id }) => inspected(host, id) }, prefix),
      );
      this.sweep(host, Date.now());
      this.keepClaim(host);
      await Promise.all(host.containers.map(({ told }) => this.write(told)));
    }
    this.hosts.forEach((host, number) => {
      this.pace(host, Date.now() + Math.round((intervalMs * number) / this.hosts.length));
    });
    this.every(CLAIM_MS, () => this.hosts.forEach((host) => this.keepClaim(host)));
    this.every(5000, () => this.measureCost());
    if (eventsPerMinute > 0) this.every(60_000 / eventsPerMinute, () => this.troubleSomeone());
  }

  /** Takes everything out again that it has brought: containers, claims, hosts. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timers.forEach((timer) => clearTimeout(timer));
    this.served.forEach((served) => served.unsubscribe());
    await Promise.allSettled(this.writing);
    for (const host of this.hosts) {
      const t = Date.now();
      const removed = host.containers.map((container) =>
        this.write(container.say('removed', t, { state: 'removing' })),
      );
      await Promise.all(removed);
      await this.claims.delete(host.name);
      this.bus.publish(subjects.hostForgotten, { host: host.name });
      await this.bus.jsm.streams.purge('CONTAINERS', { filter: filters.containersOf(host.name) });
    }
    await this.bus.close();
  }

  /** The next sweep at its own time, whatever the last one took; one that is late by more than itself is left out. */
  private pace(host: FleetHost, at: number): void {
    const { intervalMs } = this.options;
    const timer = setTimeout(
      () => {
        if (this.stopped) return;
        const now = Date.now();
        this.sweep(host, now);
        this.timers.splice(this.timers.indexOf(timer), 1);
        this.pace(host, at + intervalMs * Math.max(1, Math.ceil((now - at) / intervalMs)));
      },
      Math.max(0, at - Date.now()),
    );
    this.timers.push(timer);
  }

  private sweep(host: FleetHost, t: number): void {
    const { events, sweep, singles, report } = host.sweep(t, this.cost);
    for (const event of events) void this.write(event);
    for (const { id, json } of singles) this.bus.publish(subjects.containerStats(host.name, id), json);
    this.bus.publish(subjects.stats(host.name), sweep);
    this.bus.publish(subjects.host(host.name), report);
  }

  private write(event: ContainerEvent): Promise<unknown> {
    const written = this.append(event).finally(() => this.writing.delete(written));
    this.writing.add(written);
    return written;
  }

  /** What stands there may be of a fleet before this one: the new message follows it. */
  private async append(event: ContainerEvent): Promise<void> {
    const subject = subjects.container(event.host, event.id);
    try {
      await this.inventory.append(subject, event);
    } catch (error) {
      if (!(error instanceof FencedOut)) throw error;
      await this.inventory.append(subject, event, error.seq);
    }
  }

  private keepClaim(host: FleetHost): void {
    const t = Date.now();
    const report = host.lastReport;
    void this.claims
      .put(host.name, { engineId: `bench-${host.name}`, machine: 'bench', t, report })
      .catch(() => undefined);
  }

  private troubleSomeone(): void {
    this.troubles += 1;
    const host = this.hosts[this.troubles % this.hosts.length]!;
    host.trouble(this.troubles, Date.now());
  }

  private measureCost(): void {
    const count = this.hosts.length;
    const cpu = Math.round((100 * this.usage.cpuPercent()) / count) / 100;
    this.cost = { cpu, rss: Math.round(this.usage.rss() / count), engineCpu: null };
  }

  private every(ms: number, work: () => void): void {
    this.timers.push(setInterval(work, ms));
  }
}

function inspected(host: FleetHost, id: string): ContainerDetails {
  const container = host.containers.find(({ told }) => told.id === id);
  if (!container) throw new RpcFault(404, `no container ${id}`);
  return detailsOf(container);
}

/** Brings up a fleet until so many seconds are over or somebody interrupts, then takes it away. */
export async function benchFleet(options: FleetOptions, seconds: number): Promise<void> {
  const fleet = await Fleet.start(options);
  const { hosts, containers } = options;
  process.stdout.write(`fleet: ${hosts} hosts with ${containers} containers for ${seconds} s; Ctrl-C ends it\n`);
  await new Promise<void>((resolve) => {
    setTimeout(resolve, seconds * 1000);
    onceEnded(() => resolve());
  });
  process.stdout.write('fleet: is taken away\n');
  await fleet.stop();
}
