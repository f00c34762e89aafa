import { activity, daily } from './curves.ts';
import type { ContainerPlan } from './plan.ts';
import { chance, hexDigits } from './random.ts';

export type SimulatedState = 'created' | 'running' | 'paused' | 'restarting' | 'exited';
export type SimulatedHealth = 'starting' | 'healthy' | 'unhealthy' | null;

/** Cumulative counts of one run of a container: they only rise, and begin anew with the next run. */
export interface Counters {
  cpuNs: number;
  rx: number;
  tx: number;
  rd: number;
  wr: number;
}

/** What the engine announces of a container. */
export interface EngineAct {
  action: string;
  attributes?: Record<string, string>;
}

const NO_COUNTS: Counters = { cpuNs: 0, rx: 0, tx: 0, rd: 0, wr: 0 };
const NS_PER_CPU_PERCENT_MS = 10_000;
const HEALTH_AFTER_MS = 4000;
const RESTART_AFTER_MS = 2000;
/** A leak fills what is free up to the limit in this time. */
const LEAK_MS = 200_000;

export interface Surroundings {
  seed: number;
  /** The most memory that a container without a limit may take, bytes. */
  hostMemory: number;
}

/** One container of the fleet. All times are Unix milliseconds and come from outside. */
export class SimulatedContainer {
  id: string;
  image: string;
  state: SimulatedState = 'created';
  health: SimulatedHealth = null;
  createdAt: number;
  startedAt = 0;
  finishedAt = 0;
  exitCode = 0;
  oomKilled = false;
  restarts = 0;
  mem = 0;
  pageCache = 0;
  pids = 0;
  /** Percent of one core in the last step. */
  cpu = 0;
  counters: Counters = { ...NO_COUNTS };
  private generation = 0;
  private leaked = 0;
  private healthDue = Infinity;
  private restartDue = Infinity;

  constructor(
    readonly plan: ContainerPlan,
    private readonly around: Surroundings,
    createdAt: number,
  ) {
    this.createdAt = createdAt;
    this.image = plan.image;
    this.id = this.newId();
  }

  get running(): boolean {
    return this.state === 'running' || this.state === 'paused';
  }

  /** The most that it may use, bytes. */
  get memLimit(): number {
    return this.plan.profile.memLimit ?? this.around.hostMemory;
  }

  create(t: number): EngineAct[] {
    this.state = 'created';
    this.createdAt = t;
    this.restarts = 0;
    return [{ action: 'create' }];
  }

  start(t: number): EngineAct[] {
    this.state = 'running';
    this.startedAt = t;
    this.exitCode = 0;
    this.oomKilled = false;
    this.counters = { ...NO_COUNTS };
    this.leaked = 0;
    this.restartDue = Infinity;
    this.health = this.plan.healthCheck ? 'starting' : null;
    this.healthDue = this.plan.healthCheck ? t + HEALTH_AFTER_MS : Infinity;
    return [{ action: 'start' }];
  }

  /** It has been running since `startedAt`: what it would have counted until now, and past its first health check. */
  settle(t: number): void {
    const { profile } = this.plan;
    const ms = Math.max(0, t - this.startedAt);
    const perSecond = (rate: number): number => Math.floor((rate * ms) / 1000);
    const cpuNs = Math.floor(profile.cpu * 0.6 * ms * NS_PER_CPU_PERCENT_MS);
    this.counters = {
      cpuNs,
      rx: perSecond(profile.rx),
      tx: perSecond(profile.tx),
      rd: perSecond(profile.rd),
      wr: perSecond(profile.wr),
    };
    if (this.health === 'starting') this.health = 'healthy';
    this.healthDue = Infinity;
    if (this.plan.temper === 'leaky') this.leaked = 0.6;
  }

  /** Ends by itself or is killed by the kernel; started again after a moment if it is kept running. */
  die(t: number, exitCode: number, oom = false): EngineAct[] {
    this.end(t, exitCode);
    this.oomKilled = oom;
    const restarted = exitCode !== 0;
    if (restarted) {
      this.state = 'restarting';
      this.restartDue = t + RESTART_AFTER_MS;
    }
    const died: EngineAct = { action: 'die', attributes: { exitCode: String(exitCode) } };
    return oom ? [{ action: 'oom' }, died] : [died];
  }

  /** Stopped on request. */
  stop(t: number): EngineAct[] {
    this.end(t, 0);
    return [
      { action: 'kill', attributes: { signal: '15' } },
      { action: 'die', attributes: { exitCode: '0' } },
      { action: 'stop' },
    ];
  }

  pause(): EngineAct[] {
    if (this.state !== 'running') return [];
    this.state = 'paused';
    return [{ action: 'pause' }];
  }

  unpause(): EngineAct[] {
    if (this.state !== 'paused') return [];
    this.state = 'running';
    return [{ action: 'unpause' }];
  }

  /** The outcome of a health check. */
  checked(health: 'healthy' | 'unhealthy'): EngineAct[] {
    if (this.state !== 'running' || this.health === null || this.health === health) return [];
    this.health = health;
    this.healthDue = Infinity;
    return [{ action: `health_status: ${health}` }];
  }

  /** Takes a new id and image, as a container that replaces this one. */
  replace(image: string): void {
    this.generation += 1;
    this.image = image;
    this.id = this.newId();
  }

  /**
   * Lives on for `ms` until `t`. `cpuFloor` is what a rush asks of it, percent of one core. Returns what it does by
   * itself on the way.
   */
  step(t: number, ms: number, cpuFloor = 0): EngineAct[] {
    const acts: EngineAct[] = [];
    if (this.state === 'restarting' && t >= this.restartDue) {
      this.restarts += 1;
      return this.start(t);
    }
    if (t >= this.healthDue) acts.push(...this.checked('healthy'));
    if (this.state === 'running') this.work(t, ms, cpuFloor);
    else this.cpu = 0;
    if (this.state === 'running' && this.mem >= this.memLimit) acts.push(...this.die(t, 137, true));
    return acts;
  }

  private work(t: number, ms: number, cpuFloor: number): void {
    const { profile, name, temper } = this.plan;
    const busy = 1 - profile.human + profile.human * daily(t);
    const now = busy * activity(this.around.seed, name, t, profile.restlessness);
    this.cpu = Math.max(profile.cpu * now, cpuFloor);
    const seconds = ms / 1000;
    this.counters.cpuNs += Math.round(this.cpu * ms * NS_PER_CPU_PERCENT_MS);
    this.counters.rx += Math.round(profile.rx * now * seconds);
    this.counters.tx += Math.round(profile.tx * now * seconds);
    this.counters.rd += Math.round(profile.rd * now * seconds);
    this.counters.wr += Math.round(profile.wr * now * seconds);
    if (temper === 'leaky') this.leaked += ms / LEAK_MS;
    const usual = profile.mem * (0.9 + 0.1 * now);
    this.mem = Math.min(this.memLimit, Math.round(usual + this.leaked * (this.memLimit - profile.mem)));
    this.pageCache = Math.min(this.memLimit - this.mem, Math.round(profile.mem * 0.25));
    this.pids = Math.max(1, Math.round(profile.pids * (0.9 + 0.1 * now)));
  }

  private end(t: number, exitCode: number): void {
    this.state = 'exited';
    this.finishedAt = t;
    this.exitCode = exitCode;
    this.healthDue = Infinity;
    this.restartDue = Infinity;
    this.cpu = 0;
    this.mem = 0;
    this.pageCache = 0;
    this.pids = 0;
  }

  private newId(): string {
    return hexDigits(this.around.seed, `${this.plan.name}/${this.generation}`, 64);
  }

  /** A number between 0 and 1 that is this container's own. */
  trait(key: string): number {
    return chance(this.around.seed, `${this.plan.name}/${key}`);
  }
}
