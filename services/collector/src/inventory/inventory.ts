import { faultOf } from '@deckwatch/bus';
import { shortId, type ContainerEvent } from '@deckwatch/contracts';
import type { Clock, Log } from '@deckwatch/service-kit';
import { isAlive } from '../engine/engine-answers.ts';
import type { ContainerFacts, Engine, EngineAction, EngineEvent, ListedContainer } from '../engine/engine.ts';
import { ContainerLifecycle } from './container-lifecycle.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { boundLabels } from './labels.ts';

/** Where the inventory's messages go. */
export interface InventoryOutlet {
  publish(message: ContainerEvent): void;
  /** The container's subject may be forgotten, and is to be emptied in time. */
  removed(id: string, t: number): void;
}

/** Who wants to know which containers run. */
export interface RunWatcher {
  /** It runs; may be said more than once. @param witnessed whether its start was seen, so that its counters began at zero then */
  running(facts: ContainerFacts, witnessed: boolean): void;
  resting(id: string): void;
  renamed(id: string, name: string): void;
}

export interface InventoryOptions {
  host: string;
  engine: Pick<Engine, 'list' | 'inspect'>;
  outlet: InventoryOutlet;
  runs: RunWatcher;
  clock: Clock;
  log: Log;
}

/** How long an inspection may take before the event is told without it, in milliseconds. */
const INSPECT_LIMIT_MS: Partial<Record<EngineAction, number>> = { create: 2000, start: 2000, die: 500, stop: 2000 };
const INSPECT_WIDTH = 32;
const LONGEST_QUEUE = 1000;
const RECHECK_MS = 1000;
const RECHECKS = 5;
const CLOCK_FAULT_MS = 60_000;
/** How many removed containers are remembered, so that an event sent twice does not bring one back. */
const REMEMBERED_GONE = 2000;

/** All containers of the host: follows their events, compares with the engine's list, tells what changed. */
export class Inventory {
  private readonly lives = new Map<string, ContainerLifecycle>();
  private readonly queue: KeyedQueue;
  private readonly gone = new Set<string>();
  private readonly rechecks = new Map<string, number>();
  private readonly timers = new Set<object | number>();
  /** How far the engine's clock is before this machine's, in milliseconds. */
  clockOffsetMs = 0;

  constructor(private readonly options: InventoryOptions) {
    this.queue = new KeyedQueue(INSPECT_WIDTH, LONGEST_QUEUE, (id, error) => {
      options.log.debug('container not looked at', { id, fault: faultOf(error) });
      this.recheck(id);
    });
  }

  /** Goes on from what the stream holds. Returns the time of the latest message, 0 without any. */
  restore(messages: Iterable<ContainerEvent>): number {
    let latest = 0;
    for (const message of messages) {
      latest = Math.max(latest, message.t);
      if (message.event === 'removed') this.remember(message.id, message.t);
      else this.lives.set(message.id, this.revive(message));
    }
    return latest;
  }

  private revive(message: ContainerEvent): ContainerLifecycle {
    // A clock that was set back must not hide all that happens from now on.
    const handledUntil = message.t <= this.options.clock.now() + CLOCK_FAULT_MS ? message.t : 0;
    return new ContainerLifecycle(this.options.host, message.id, message, handledUntil);
  }

  /** How many there are, and how many of them run. */
  counts(): { containers: number; running: number } {
    let running = 0;
    let containers = 0;
    for (const { current } of this.lives.values()) {
      if (!current) continue;
      containers += 1;
      if (current.state === 'running') running += 1;
    }
    return { containers, running };
  }

  /** Whether anything was ever known. */
  get empty(): boolean {
    return this.lives.size === 0;
  }

  onEvent(event: EngineEvent): void {
    const id = shortId(event.id);
    if (this.gone.has(id)) return;
    if (!this.queue.add(id, () => this.handle(event))) this.recheck(id);
  }

  /**
   * Compares with the engine's list, and looks closely at those that differ, or at all. Resolves when the differences
   * are told; rejects when the engine is away.
   */
  async reconcile(closely: boolean): Promise<void> {
    const listed = new Map((await this.options.engine.list()).map((line) => [shortId(line.id), line]));
    const wanted = [...new Set([...listed.keys(), ...this.lives.keys()])].filter((id) => {
      return !this.gone.has(id) && (closely || this.differs(id, listed.get(id)));
    });
    await Promise.all(
      wanted.map(
        (id) =>
          new Promise<void>((resolve) => {
            const taken = this.queue.add(id, () => this.compare(id).finally(resolve));
            if (!taken) resolve();
          }),
      ),
    );
  }

  /** Looks at a container again in a while, a few times at most: the next reconciliation will. */
  recheck(id: string): void {
    const tries = (this.rechecks.get(id) ?? 0) + 1;
    if (tries > RECHECKS) return void this.rechecks.delete(id);
    this.rechecks.set(id, tries);
    this.compareIn(id, RECHECK_MS * tries);
  }

  /** The current message of a container, by its short id. */
  current(shortId: string): ContainerEvent | undefined {
    return this.lives.get(shortId)?.current;
  }

  /** Says again how these containers stand, by short ids; all when none are given. */
  republish(present: (shortId: string) => boolean): void {
    for (const [shortId, life] of this.lives) {
      if (present(shortId)) continue;
      const message = life.again(this.engineNow());
      if (message) this.options.outlet.publish(message);
    }
  }

  /** Another writer came between: goes on from its message, and tells what differs. */
  adopt(stored: ContainerEvent): void {
    this.lives.get(stored.id)?.adopt(stored);
    this.recheck(stored.id);
  }

  close(): void {
    for (const timer of this.timers) this.options.clock.clearTimeout(timer);
    this.timers.clear();
  }

  private compareIn(id: string, ms: number): void {
    const timer = this.options.clock.setTimeout(() => {
      this.timers.delete(timer);
      this.queue.add(id, () => this.compare(id));
    }, ms);
    this.timers.add(timer);
  }

  private differs(id: string, listed: ListedContainer | undefined): boolean {
    const current = this.lives.get(id)?.current;
    if (!current || !listed) return true;
    return current.state !== listed.state || current.health !== listed.health || current.name !== listed.name;
  }

  private async handle(event: EngineEvent): Promise<void> {
    const id = shortId(event.id);
    if (this.gone.has(id)) return;
    const life = this.lifeOf(id);
    const limit = this.inspectLimit(event, life);
    const facts = event.facts ?? (limit === undefined ? undefined : await this.inspect(id, limit));
    if (facts === 'failed') this.recheck(id);
    const known = typeof facts === 'object' ? facts : undefined;
    this.tell(life, life.onEvent(event, known), known, event.action === 'start');
    if (event.action === 'health_status' && life.unhealthyUntold !== undefined)
      this.compareIn(id, life.unhealthyUntold - event.t + RECHECK_MS);
  }

  private inspectLimit(event: EngineEvent, life: ContainerLifecycle): number | undefined {
    if (event.action === 'stop' && life.current?.state !== 'restarting') return undefined;
    return INSPECT_LIMIT_MS[event.action];
  }

  private async inspect(id: string, limitMs: number): Promise<ContainerFacts | 'failed' | undefined> {
    try {
      return await this.options.engine.inspect(id, limitMs);
    } catch {
      return 'failed';
    }
  }

  private async compare(id: string): Promise<void> {
    const facts = await this.options.engine.inspect(id);
    const life = this.lifeOf(id);
    const t = this.engineNow();
    this.tell(life, facts ? life.onFacts(facts, t) : life.onGone(t), facts, false);
    if (!life.current) this.lives.delete(id); // never known, and gone
    this.rechecks.delete(id);
  }

  private tell(
    life: ContainerLifecycle,
    messages: ContainerEvent[],
    facts: ContainerFacts | undefined,
    witnessed: boolean,
  ): void {
    const { outlet, runs } = this.options;
    for (const message of messages) {
      outlet.publish(message);
      if (message.event === 'renamed') runs.renamed(life.id, message.name);
    }
    if (facts && messages[0]?.event && ['created', 'seen'].includes(messages[0].event)) this.warnOfLabels(facts);
    if (!life.alive) runs.resting(life.id);
    else if (facts && isAlive(facts.state) && facts.pid !== 0) runs.running(facts, witnessed && messages.length > 0);
    if (life.removed) this.forget(life);
  }

  private warnOfLabels(facts: ContainerFacts): void {
    const { dropped } = boundLabels(facts.labels);
    if (dropped.length === 0) return;
    const names = dropped.slice(0, 5).map((name) => name.slice(0, 100));
    this.options.log.warn('labels too large, left out', { container: shortId(facts.id), count: dropped.length, names });
  }

  private forget(life: ContainerLifecycle): void {
    this.lives.delete(life.id);
    this.rechecks.delete(life.id);
    this.remember(life.id, life.current!.t);
  }

  private remember(id: string, removedAt: number): void {
    this.gone.add(id);
    for (const oldest of this.gone) {
      if (this.gone.size <= REMEMBERED_GONE) break;
      this.gone.delete(oldest);
    }
    this.options.outlet.removed(id, removedAt);
  }

  private lifeOf(id: string): ContainerLifecycle {
    let life = this.lives.get(id);
    if (!life) {
      life = new ContainerLifecycle(this.options.host, id);
      this.lives.set(id, life);
    }
    return life;
  }

  private engineNow(): number {
    return this.options.clock.now() + this.clockOffsetMs;
  }
}
