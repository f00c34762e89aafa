import type { ContainerEvent, ContainerEventName } from '@deckwatch/contracts';
import { chance, hexId } from './chance.ts';
import type { Plan } from './plan.ts';

const DAY_MS = 86_400_000;

type Change = Partial<Pick<ContainerEvent, 'state' | 'health' | 'exitCode' | 'oomKilled' | 'startedAt' | 'restarts'>>;

/** One container's life, told in the messages of the inventory. Times are Unix milliseconds and come from outside. */
export class FleetContainer {
  /** How it stands, and what happened to it last. */
  told: ContainerEvent;
  /** The first sample of a run has nothing to be compared with, so it makes no row. */
  fresh = false;

  /** @param index tells it from all others of the fleet */
  constructor(
    readonly plan: Plan,
    readonly index: number,
    host: string,
    seed: number,
    now: number,
    generation = 0,
  ) {
    const createdAt = now - Math.floor((0.05 + 20 * chance(seed, index, 3)) * DAY_MS);
    const rests = chance(seed, index, 4) > 0.96 && generation === 0;
    this.told = {
      v: 1,
      t: now,
      host,
      id: hexId(seed, index, generation),
      name: plan.name,
      image: plan.image,
      state: rests ? 'exited' : 'running',
      health: plan.healthCheck && !rests ? 'healthy' : null,
      labels: plan.labels,
      project: plan.project,
      service: plan.service,
      createdAt,
      startedAt: createdAt + Math.floor(chance(seed, index, 5) * (now - createdAt)),
      restarts: Math.floor(chance(seed, index, 6) * 1.2),
      exitCode: rests ? (chance(seed, index, 7) > 0.5 ? 1 : 0) : null,
      oomKilled: false,
      event: 'seen',
    };
  }

  get key(): string {
    return `${this.told.host}.${this.told.id}`;
  }

  get runs(): boolean {
    return this.told.state === 'running' || this.told.state === 'paused';
  }

  say(event: ContainerEventName, t: number, change: Change = {}): ContainerEvent {
    this.told = { ...this.told, ...change, t, event };
    return this.told;
  }

  start(t: number): ContainerEvent {
    const first = this.told.state === 'created';
    this.fresh = true;
    return this.say(first ? 'started' : 'restarted', t, {
      state: 'running',
      health: this.plan.healthCheck ? 'starting' : null,
      startedAt: t,
      restarts: first ? 0 : this.told.restarts + 1,
      exitCode: null,
      oomKilled: false,
    });
  }

  end(t: number, exitCode: number, asked: boolean): ContainerEvent {
    const state = exitCode === 0 || asked ? 'exited' : 'restarting';
    return this.say(asked ? 'stopped' : 'died', t, { state, health: null, exitCode });
  }
}
