import { setTimeout as pause } from 'node:timers/promises';
import { Backoff, faultOf, type BusSubscription } from '@deckwatch/bus';
import { BUCKETS } from '@deckwatch/contracts';
import { z } from 'zod';
import type { Evaluator } from '../evaluation/evaluator.ts';
import type { Position } from '../evaluation/feeds.ts';
import type { Notifications } from '../notification/notifications.ts';
import { LeaseRecord } from './lease.ts';
import { openParts, type SupervisorOptions } from './open-parts.ts';
import { askForShard, isGone, showPresence } from './presence.ts';
import { Pulse } from './pulse.ts';
import { ShardLeases, type Plea } from './shard-leases.ts';
import { Term, type TermParts } from './term.ts';

export type { SupervisorOptions } from './open-parts.ts';

const PART = 'evaluator';
const LAST_WRITES_MS = 2000;
/** What waits for an answer of a broker that is gone is not waited for. */
const LAST_WORK_MS = 5000;

/**
 * Brings the service up and down: rules, channels and inventory are followed by every instance; each evaluates the shards
 * whose leases it holds; the one with the first shard answers and notifies.
 */
export class AlertsSupervisor {
  private readonly held: TermParts;
  private readonly leases: ShardLeases;
  private readonly pulse: Pulse;
  /** Where a shard begins that is not evaluated here at this moment. */
  private readonly positions = new Map<number, Position | null>();
  private term?: Term;
  /** Whether all that is held is evaluated. */
  private serving = false;
  private turn: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();
  private hosts?: BusSubscription;
  private presence?: BusSubscription;

  private constructor(
    private readonly options: SupervisorOptions,
    { held, leases, pulse }: { held: TermParts; leases: ShardLeases; pulse: Pulse },
  ) {
    this.held = held;
    this.leases = leases;
    this.pulse = pulse;
  }

  /** Reads rules, channels and inventory, then competes for the leases. */
  static async start(given: SupervisorOptions): Promise<AlertsSupervisor> {
    const { bus, log, parts, holder, shards } = given;
    parts.set(PART, 'starting');
    const current: { supervisor?: AlertsSupervisor } = {};
    const pulse = new Pulse(given.clock, (ms) => current.supervisor?.doubt(ms));
    const options = { ...given, clock: pulse.clock };
    const held = await openParts(options, {
      term: () => current.supervisor?.term,
      leadsSince: async (t) => (await current.supervisor?.leases.leadsSince(t)) ?? false,
      onInput: () => pulse.look(),
    });
    const leases = new ShardLeases({
      bucket: await bus.bucket(BUCKETS.leases, LeaseRecord),
      count: shards,
      holder,
      clock: pulse.clock,
      log,
      position: (shard) => current.supervisor?.position(shard) ?? null,
      onAcquired: (shard, before) => current.supervisor?.acquire(shard, before),
      onLost: (shard) => current.supervisor?.lose(shard),
      onSettled: () => current.supervisor?.settled(),
      isGone: (other) => isGone(bus, other),
      ask: (other, plea) => askForShard(bus, other, plea),
    });
    current.supervisor = new AlertsSupervisor(options, { held, leases, pulse });
    await current.supervisor.open();
    return current.supervisor;
  }

  /** What it evaluates with, for metrics. */
  get evaluator(): Evaluator {
    return this.held.evaluator;
  }

  get notifications(): Notifications {
    return this.held.notifications;
  }

  /** Transitions that wait for the broker. */
  get waiting(): number {
    return this.term?.waiting ?? 0;
  }

  /** Whether this instance answers and notifies. */
  get leading(): boolean {
    return this.serving && this.term?.leads === true && this.leases.held.includes(0);
  }

  /** The shards that this instance evaluates. */
  get shards(): readonly number[] {
    const { held } = this.leases;
    return this.term && !this.term.isOver ? this.term.evaluated.filter((shard) => held.includes(shard)) : [];
  }

  /** Lets out what was said, gives the leases back, ends. */
  async stop(): Promise<void> {
    this.ending.abort();
    this.pulse.stop();
    this.term?.quieten();
    const limit = Date.now() + LAST_WRITES_MS;
    const hopeful = (): boolean => !this.options.bus.connection.isClosed() && Date.now() < limit;
    while (this.waiting > 0 && hopeful()) await pause(10);
    await this.leases.stop();
    if (this.term) this.options.log.info('no longer evaluating');
    // What it waits for is given up, so that the turn comes to its end.
    this.term?.halt();
    await Promise.race([this.turn.then(() => this.end()), pause(LAST_WORK_MS, undefined, { ref: false })]);
    this.held.feeds.close();
    this.held.provisioning.close();
    this.held.rules.close();
    this.held.silences.close();
    this.hosts?.unsubscribe();
    this.presence?.unsubscribe();
    await this.held.notifications.close();
  }

  private async open(): Promise<void> {
    const { rules, silences, feeds, evaluator } = this.held;
    await rules.open();
    await silences.open();
    await this.held.provisioning.open();
    await feeds.open();
    const hosts = await this.options.bus.bucket(BUCKETS.hosts, z.unknown());
    this.hosts = await hosts.watch((host, value) =>
      value === undefined ? evaluator.forgetHost(host) : evaluator.knowHost(host),
    );
    this.presence = showPresence(this.options.bus, this.options.holder, (plea) => this.give(plea));
    this.pulse.start();
    this.leases.start();
  }

  private acquire(shard: number, before: Position | null): void {
    this.positions.set(shard, before);
    this.serving = false;
    this.options.parts.set(PART, 'taking over');
    this.settle();
  }

  private lose(shard: number): void {
    this.options.log.info('no longer evaluating', { shard });
    this.term?.letGo(shard);
    this.settle();
  }

  private settled(): void {
    if (this.leases.held.length === 0) this.options.parts.set(PART, null);
  }

  /** This process stood still: others may have gone on in its place. */
  private doubt(ms: number): void {
    // Also before the first term, and while one is begun anew.
    this.leases.doubt();
    if (!this.term) return;
    this.options.log.warn('this process stood still, leases are looked at', { ms });
    this.serving = false;
    this.term.halt();
    this.settle();
  }

  private position(shard: number): Position | null {
    if (this.term?.has(shard)) this.positions.set(shard, this.term.position(shard));
    return this.positions.get(shard) ?? null;
  }

  private settle(): void {
    this.turn = this.turn.then(() => this.bringInLine());
  }

  /** Evaluates what is held, and nothing else. Tries until it works: the broker may be away just now. */
  private async bringInLine(): Promise<void> {
    const { log } = this.options;
    const { signal } = this.ending;
    const backoff = new Backoff({ baseMs: 100, maxMs: 2000 });
    while (!signal.aborted) {
      try {
        await this.takeWhatIsHeld();
        return;
      } catch (error) {
        if (signal.aborted) return;
        log.warn('evaluation not started', { fault: faultOf(error) });
        await this.end();
        await backoff.pause(signal);
      }
    }
  }

  private async takeWhatIsHeld(): Promise<void> {
    const { log, parts } = this.options;
    if (this.term?.isOver) await this.end();
    await this.leases.confirm();
    const shards = this.leases.held;
    for (const shard of this.term?.shards ?? []) if (!shards.includes(shard)) this.term!.letGo(shard);
    if (shards.length === 0) {
      await this.end();
      return parts.set(PART, null);
    }
    this.term ??= new Term(this.held);
    const { term } = this;
    const missing = shards.filter((shard) => !term.has(shard));
    if (missing.length > 0)
      await term.take(new Map(missing.map((shard) => [shard, this.positions.get(shard) ?? null])));
    await term.setLead(shards.includes(0));
    if (term.isOver || this.ending.signal.aborted) return;
    this.serving = true;
    parts.set(PART, null);
    if (missing.length > 0) log.info('evaluating', { shards: shards.join(), of: this.options.shards, rules: this.held.rules.list().length, targets: this.evaluator.thresholds.index.size }); // prettier-ignore
  }

  /** Another has fewer and asks for one. Resolves with whether it has it now. */
  private give(plea: Plea): Promise<boolean> {
    const { log } = this.options;
    const given = this.turn.then(async () => {
      const { term } = this;
      if (!term?.has(plea.shard) || term.isOver || !this.serving || !this.leases.mayGive(plea)) return false;
      const { shard, to } = plea;
      const position = await term.handOver(shard);
      this.positions.set(shard, position);
      await this.leases.give(shard, to, position);
      log.info('handed over', { shard, to });
      return true;
    });
    this.turn = given.then(
      () => undefined,
      (error: unknown) => {
        log.warn('not handed over', { shard: plea.shard, fault: faultOf(error) });
        this.settle();
      },
    );
    return given;
  }

  private async end(): Promise<void> {
    const { term } = this;
    if (!term) return;
    for (const shard of term.shards) this.position(shard);
    this.serving = false;
    term.halt();
    for (const shard of term.shards) this.positions.set(shard, term.position(shard));
    this.term = undefined;
    await term.stop();
  }
}
