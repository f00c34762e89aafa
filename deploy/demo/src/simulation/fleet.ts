import { machineFor, planFleet } from './plan.ts';
import { SimulatedContainer, type EngineAct } from './simulated-container.ts';
import { happenings, rushAt, type Happening } from './story.ts';

/** Something that the engine announces. */
export interface FleetEvent {
  /** Unix milliseconds. */
  t: number;
  id: string;
  name: string;
  image: string;
  action: string;
  attributes: Record<string, string>;
}

export interface FleetOptions {
  seed: number;
  containers: number;
  /** Unix milliseconds. */
  startedAt: number;
}

const DAY_MS = 86_400_000;
/** After a longer sleep of the machine the fleet takes up from here instead of living through all of it. */
const LONGEST_STEP_MS = 60_000;
/** How much of the host's processors a rush takes. */
const RUSH_SHARE = 0.88;

/** The simulated host: its containers, and what happens to them as time goes on. No clock of its own. */
export class Fleet {
  readonly cpus: number;
  readonly memory: number;
  /** When the simulated machine was switched on. */
  readonly bootedAt: number;
  private readonly byName = new Map<string, SimulatedContainer>();
  private now: number;

  constructor(private readonly options: FleetOptions) {
    const plan = planFleet(options.containers);
    const machine = machineFor(plan);
    this.cpus = machine.cpus;
    this.memory = machine.memory;
    this.now = options.startedAt;
    // The same all day, so that a restart of the demo looks like the same fleet.
    const midnight = Math.floor(options.startedAt / DAY_MS) * DAY_MS;
    this.bootedAt = midnight - 9 * DAY_MS;
    for (const row of plan) this.byName.set(row.name, this.settled(row, midnight));
  }

  get containers(): SimulatedContainer[] {
    return [...this.byName.values()];
  }

  /** By id, or by its first digits, or by name, as Docker takes them. */
  find(reference: string): SimulatedContainer | undefined {
    const named = this.byName.get(reference.replace(/^\//, ''));
    if (named) return named;
    if (!/^[0-9a-f]{4,64}$/.test(reference)) return undefined;
    return this.containers.find(({ id }) => id.startsWith(reference));
  }

  /** Time that all processors have spent since the machine began, idle time included, nanoseconds. */
  systemCpuNs(t: number): number {
    return Math.round((t - this.bootedAt) * 1e6) * this.cpus;
  }

  /** Lives on until `t`; time never goes back. */
  advance(t: number): FleetEvent[] {
    if (t <= this.now) return [];
    const from = Math.max(this.now, t - LONGEST_STEP_MS);
    const events: FleetEvent[] = [];
    for (const happening of happenings(this.plans, this.options, from, t)) events.push(...this.perform(happening));
    const floor = this.rushFloor(t);
    for (const container of this.byName.values()) {
      const rushing = container.plan.temper === 'rushing' ? floor : 0;
      events.push(...this.announced(container, t, container.step(t, t - from, rushing)));
    }
    this.now = t;
    return events.sort((a, b) => a.t - b.t);
  }

  private get plans() {
    return this.containers.map(({ plan }) => plan);
  }

  private settled(plan: SimulatedContainer['plan'], midnight: number): SimulatedContainer {
    const container = new SimulatedContainer(plan, { seed: this.options.seed, hostMemory: this.memory }, midnight);
    container.createdAt = midnight - Math.floor((1 + 7 * container.trait('age')) * DAY_MS);
    container.start(container.createdAt + 400);
    if (plan.temper === 'abandoned' || plan.temper === 'batch') {
      container.die(midnight - Math.floor(container.trait('end') * DAY_MS), 0);
      container.exitCode = plan.temper === 'batch' ? 0 : 1;
    } else {
      container.settle(this.options.startedAt);
      container.step(this.options.startedAt, 0);
    }
    return container;
  }

  /** What the rushing containers must take, each, for the host to be as busy as a rush makes it. */
  private rushFloor(t: number): number {
    const rush = rushAt(t, this.options.startedAt);
    if (rush === 0) return 0;
    const others = this.containers.filter(({ plan }) => plan.temper !== 'rushing');
    const used = others.reduce((sum, { cpu }) => sum + cpu, 0);
    const rushing = this.byName.size - others.length;
    return (rush * Math.max(0, RUSH_SHARE * this.cpus * 100 - used)) / Math.max(1, rushing);
  }

  private perform({ at, container: name, act }: Happening): FleetEvent[] {
    const container = this.byName.get(name);
    if (!container) return [];
    switch (act) {
      case 'healthy':
      case 'unhealthy':
        return this.announced(container, at, container.checked(act));
      case 'crash':
        return container.state === 'running' ? this.announced(container, at, container.die(at, 1)) : [];
      case 'finish':
        return container.state === 'running' ? this.announced(container, at, container.die(at, 0)) : [];
      case 'run':
        return container.state === 'exited' ? this.announced(container, at, container.start(at)) : [];
      case 'pause':
        return this.announced(container, at, container.pause());
      case 'unpause':
        return this.announced(container, at, container.unpause());
      case 'deploy':
        return this.deploy(container, at);
    }
  }

  /** Replaces a container by one of the next version, as compose does. */
  private deploy(container: SimulatedContainer, at: number): FleetEvent[] {
    const ended = container.running ? container.stop(at) : [];
    const events = this.announced(container, at, [...ended, { action: 'destroy' }]);
    container.replace(nextVersion(container.image));
    events.push(...this.announced(container, at + 1, container.create(at + 1)));
    events.push(...this.announced(container, at + 2, container.start(at + 2)));
    return events;
  }

  private announced({ id, image, plan }: SimulatedContainer, t: number, acts: EngineAct[]): FleetEvent[] {
    return acts.map(({ action, attributes = {} }) => ({ t, id, name: plan.name, image, action, attributes }));
  }
}

/** `shop/web:2.14` becomes `shop/web:2.15`. */
export function nextVersion(image: string): string {
  return image.replace(/(\d+)$/, (digits) => String(Number(digits) + 1));
}
