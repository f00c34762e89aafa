import type { ContainerEvent, ContainerEventName, ContainerState } from '@deckwatch/contracts';
import { isAlive } from '../engine/engine-answers.ts';
import type { ContainerFacts, EngineEvent } from '../engine/engine.ts';
import { ASKED_FOR_MS, classifyExit, wasAskedFor } from './classify-exit.ts';
import { describe, type Description } from './description.ts';

type Change = Partial<Omit<ContainerEvent, 'v' | 'host' | 'id' | 't' | 'event'>>;

/**
 * The life of one container: turns what the engine tells (events, which may be sent twice or not at all) and what an
 * inspection shows (which may be later than the event that is being looked at) into messages. A run is told from the
 * next by its `startedAt`; each run that ends makes exactly one of `stopped` and `died`.
 */
export class ContainerLifecycle {
  private stopAskedAt: number | undefined;
  /** Up to when it is given time to end, by a signal that is meant for that. */
  private endingUntil = 0;
  /** When this run's last shortage of memory was told. */
  private oomToldAt: number | undefined;
  /** The engine's own count of automatic restarts, where it is known. */
  private engineRestarts: number | undefined;
  /**
   * @param last the last message of its subject in the stream, if there is one
   * @param handledUntil up to when events were handled by the process before this one, Unix milliseconds
   */
  constructor(
    private readonly host: string,
    /** The short id. */
    readonly id: string,
    private last?: ContainerEvent,
    private handledUntil = 0,
  ) {}

  get current(): ContainerEvent | undefined {
    return this.last;
  }

  get removed(): boolean {
    return this.last?.event === 'removed';
  }

  get alive(): boolean {
    return this.last !== undefined && !this.removed && isAlive(this.last.state);
  }

  /** When to look again, Unix milliseconds: it became unhealthy while it was given time to end, which is not told. */
  unhealthyUntold: number | undefined;

  /** @param facts an inspection made after the event; undefined when it failed or there is no such container any more */
  onEvent(event: EngineEvent, facts?: ContainerFacts): ContainerEvent[] {
    if (this.removed) return [];
    if (event.action === 'kill' || event.action === 'stop') return this.onStopAsked(event, facts);
    if (event.action === 'destroy') return this.onGone(event.t);
    if (event.t <= this.handledUntil) return [];
    switch (event.action) {
      case 'create':
        return this.last ? [] : [this.say('created', event.t, { ...describe(event, facts), oomKilled: false })];
      case 'start':
        return this.onStart(event, facts);
      case 'die':
        return this.onDie(event, facts);
      case 'oom':
        return this.onOom(event);
      case 'pause':
        return this.inRun(event) && this.last?.state === 'running'
          ? [this.say('paused', event.t, { state: 'paused' })]
          : [];
      case 'unpause':
        return this.inRun(event) && this.last?.state === 'paused'
          ? [this.say('unpaused', event.t, { state: 'running' })]
          : [];
      case 'rename':
        return this.last && this.last.name !== event.name ? [this.say('renamed', event.t, { name: event.name })] : [];
      case 'health_status':
        return this.inRun(event) ? this.healthChange(event.health, event.t) : [];
    }
  }

  /** Compares with an inspection, and says what explains the difference. @param t the engine's time of the inspection */
  onFacts(facts: ContainerFacts, t: number): ContainerEvent[] {
    if (this.removed) return [];
    if (!this.last) return [this.seen(facts, t)];
    const said = facts.name === this.last.name ? [] : [this.say('renamed', t, { name: facts.name })];
    said.push(...(this.alive ? this.aliveUntil(facts, t) : this.restingUntil(facts, t)));
    this.engineRestarts = facts.restartCount;
    return said;
  }

  /** The engine knows it no more. */
  onGone(t: number): ContainerEvent[] {
    if (!this.last || this.removed) return [];
    // Whoever removed it while it ran asked for its end.
    const said = this.alive ? [this.exit(t, null, { stopAskedAt: t })] : [];
    return [...said, this.say('removed', t, { state: 'removing', health: null })];
  }

  /** Another writer's message stands in the stream: it is where this life goes on from. */
  adopt(stored: ContainerEvent): void {
    this.last = stored;
    this.handledUntil = stored.t;
  }

  /** Says again how it stands, where the stream has lost it. */
  again(t: number): ContainerEvent | undefined {
    return this.last && !this.removed ? this.say('seen', t, {}) : undefined;
  }

  private seen(facts: ContainerFacts, t: number): ContainerEvent {
    const exitCode = isAlive(facts.state) || facts.state === 'created' ? null : facts.exitCode;
    this.engineRestarts = facts.restartCount;
    return this.say('seen', t, {
      ...describe(facts, facts),
      state: facts.state,
      health: facts.health,
      startedAt: facts.startedAt,
      restarts: facts.restartCount,
      exitCode,
      oomKilled: facts.oomKilled,
    });
  }

  private onStopAsked(event: EngineEvent, facts: ContainerFacts | undefined): ContainerEvent[] {
    // A container between two automatic restarts is stopped without an exit: only its state changes.
    if (event.action === 'stop' && this.last?.state === 'restarting' && facts) return this.onFacts(facts, event.t);
    if ((this.alive || !this.last) && event.t >= (this.last?.startedAt ?? 0)) {
      this.stopAskedAt = event.t;
      if (!NOT_TO_END.has(event.attributes['signal'] ?? '')) this.endingUntil = event.t + ASKED_FOR_MS;
    }
    return [];
  }

  private onStart(event: EngineEvent, facts: ContainerFacts | undefined): ContainerEvent[] {
    // An inspection may already show the run after this one.
    const shown = facts && facts.startedAt !== null && facts.startedAt <= event.t ? facts : undefined;
    const startedAt = shown?.startedAt ?? event.t;
    const said: ContainerEvent[] = [];
    if (this.alive) {
      const known = this.last!.startedAt;
      if (known === null || startedAt <= known || (!shown && event.t - known < LATE_EVENT_MS)) return [];
      said.push(this.missedExit(startedAt, shown));
    } else if (this.last && (shown ? startedAt <= (this.last.startedAt ?? 0) : event.t < this.last.t)) {
      return []; // of a run whose end is known already
    }
    if (shown) this.engineRestarts = shown.restartCount;
    return [...said, this.start(event.t, startedAt, shown, describe(event, facts))];
  }

  private onDie(event: EngineEvent, facts: ContainerFacts | undefined): ContainerEvent[] {
    const shown = facts && !isAlive(facts.state) && (facts.startedAt ?? 0) <= event.t ? facts : undefined;
    const said: ContainerEvent[] = [];
    if (!this.last) {
      this.last = { ...this.nothing(), ...describe(event, facts), startedAt: shown?.startedAt ?? null };
    } else if (this.alive) {
      if (event.t < (this.last.startedAt ?? 0)) return [];
    } else {
      const startedAt = shown?.startedAt ?? 0;
      if (startedAt <= (this.last.startedAt ?? 0)) return []; // the end of a run that has ended already
      said.push(this.start(startedAt, startedAt, undefined));
    }
    const code = event.exitCode ?? shown?.exitCode ?? null;
    return [...said, this.exit(event.t, code, { state: shown?.state, oomKilled: shown?.oomKilled })];
  }

  private onOom(event: EngineEvent): ContainerEvent[] {
    if (!this.last || event.t < (this.last.startedAt ?? 0)) return [];
    // The kernel may count one shortage twice, and the engine tells each count.
    if (this.oomToldAt !== undefined && (!this.alive || event.t - this.oomToldAt < ONE_SHORTAGE_MS)) return [];
    this.oomToldAt = event.t;
    return [this.say('oom', event.t, { oomKilled: true })];
  }

  /** It ran when last heard of. */
  private aliveUntil(facts: ContainerFacts, t: number): ContainerEvent[] {
    const known = this.last!.startedAt;
    const said: ContainerEvent[] = [];
    if (known !== null && facts.startedAt !== null && facts.startedAt > known) {
      said.push(this.missedExit(facts.startedAt, facts));
      said.push(this.start(facts.startedAt, facts.startedAt, facts));
    }
    if (isAlive(facts.state)) return [...said, ...this.withinRun(facts, t)];
    const ended = facts.finishedAt !== null && facts.finishedAt >= (facts.startedAt ?? 0) ? facts.finishedAt : t;
    return [...said, this.exit(ended, facts.exitCode, facts)];
  }

  /** It did not run when last heard of. */
  private restingUntil(facts: ContainerFacts, t: number): ContainerEvent[] {
    const { startedAt, finishedAt } = facts;
    const anotherRun = startedAt !== null && startedAt > (this.last!.startedAt ?? 0);
    if (!anotherRun) {
      const { state, health } = facts;
      // One that is being removed is told of when it is.
      return state === this.last!.state || state === 'removing'
        ? []
        : [this.say('seen', t, { state, health, startedAt: startedAt ?? this.last!.startedAt })];
    }
    const said = [this.start(startedAt, startedAt, facts)];
    if (isAlive(facts.state)) return [...said, ...this.withinRun(facts, t)];
    return [...said, this.exit(Math.max(startedAt, finishedAt ?? t), facts.exitCode, facts)];
  }

  /** What changed while it ran on. */
  private withinRun(facts: ContainerFacts, t: number): ContainerEvent[] {
    const { state, health } = facts;
    const said = state === this.last!.state ? [] : [this.say(state === 'paused' ? 'paused' : 'unpaused', t, { state })];
    return [...said, ...this.healthChange(health, t)];
  }

  /**
   * @param shown an inspection of that run
   * @param description of a container that nothing was known of
   */
  private start(
    t: number,
    startedAt: number,
    shown: ContainerFacts | undefined,
    description?: Description,
  ): ContainerEvent {
    const before = this.last;
    const again = before !== undefined && before.state !== 'created';
    const restarts = (before?.restarts ?? 0) + (again ? 1 : 0);
    this.stopAskedAt = undefined;
    this.oomToldAt = undefined;
    this.endingUntil = 0;
    return this.say(again ? 'restarted' : 'started', t, {
      ...(before ? {} : description),
      state: 'running',
      health: (shown?.health ?? null) === null ? null : 'starting', // what became of it is told by an event of its own
      startedAt,
      restarts: Math.max(restarts, shown?.allRestarts ?? 0), // some may have been missed
      exitCode: null,
      oomKilled: false,
      asked: again ? before.asked : undefined,
    });
  }

  /** The end of a run that nobody saw: by itself when the engine restarted it, else by the hand that started it anew. */
  private missedExit(nextStart: number, facts: ContainerFacts | undefined): ContainerEvent {
    const automatic = facts !== undefined && facts.restartCount > (this.engineRestarts ?? 0);
    return this.exit(nextStart, null, automatic ? {} : { stopAskedAt: nextStart });
  }

  private exit(t: number, code: number | null, shown: Ending): ContainerEvent {
    const stopAskedAt = shown.stopAskedAt ?? this.stopAskedAt;
    this.stopAskedAt = undefined;
    const oomKilled = this.last?.oomKilled === true || (shown.oomKilled ?? false);
    const asked = (!oomKilled && wasAskedFor({ t, code, stopAskedAt })) || undefined;
    const change: Change = { state: shown.state ?? 'exited', health: null, exitCode: code, oomKilled, asked };
    return this.say(classifyExit({ t, code, stopAskedAt }), t, change);
  }

  private healthChange(health: ContainerEvent['health'], t: number): ContainerEvent[] {
    this.unhealthyUntold = undefined;
    if (health === null || health === this.last?.health) return [];
    if (health === 'unhealthy' && t < this.endingUntil) {
      this.unhealthyUntold = this.endingUntil;
      return [];
    }
    return [this.say(health === 'starting' ? 'seen' : health, t, { health })];
  }

  /** Whether it runs, and the event is not of a run before this one. */
  private inRun(event: EngineEvent): boolean {
    return this.alive && event.t >= (this.last?.startedAt ?? 0);
  }

  private say(event: ContainerEventName, t: number, change: Change): ContainerEvent {
    const before = this.last ?? this.nothing();
    const message: ContainerEvent = {
      ...before,
      asked: isAlive(before.state) ? undefined : before.asked,
      ...change,
      t: notBefore(t, before.t),
      event,
    };
    this.last = message;
    return message;
  }

  private nothing(): ContainerEvent {
    return { ...NOTHING, host: this.host, id: this.id };
  }
}

/** A container's messages go on in time, unless the clock was set back. */
function notBefore(t: number, last: number): number {
  return t < last && last - t < CLOCK_SET_MS ? last : t;
}

const CLOCK_SET_MS = 3_600_000;

/** What is known of an exit beside its code. */
interface Ending {
  state?: ContainerState | undefined;
  oomKilled?: boolean | null | undefined;
  stopAskedAt?: number | undefined;
}

/** Signals by which a program is told something else than to end: SIGHUP, SIGUSR1, SIGUSR2. */
const NOT_TO_END = new Set(['1', '10', '12']);

/** How much later than the start itself the engine may tell of it. */
const LATE_EVENT_MS = 10_000;

/** Events of memory that ran out, so near to each other, are of one shortage. */
const ONE_SHORTAGE_MS = 1000;

const NOTHING: Omit<ContainerEvent, 'host' | 'id'> = {
  v: 1,
  t: 0,
  event: 'seen',
  name: '',
  image: '',
  state: 'created',
  health: null,
  labels: {},
  project: null,
  service: null,
  createdAt: null,
  startedAt: null,
  restarts: 0,
  exitCode: null,
  oomKilled: null,
};
