import { RpcFault, type Bucket, type Bus, type BusSubscription, type Log, type StreamTail, type TailOptions } from '@deckwatch/bus'; // prettier-ignore
import { AlertMessage, filters, STREAMS, subjects, type AlertRule } from '@deckwatch/contracts';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { Evaluator } from '../evaluation/evaluator.ts';
import type { Feeds, Position } from '../evaluation/feeds.ts';
import { shardOf } from '../evaluation/own-shards.ts';
import type { Notifications } from '../notification/notifications.ts';
import type { SilenceBook } from '../noise/silence-book.ts';
import type { Provisioning } from '../rules/provisioning.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import type { SeedMark } from '../rules/seed-rules.ts';
import { beganOf } from '../lifecycle/alert-desk.ts';
import { AlertStore } from '../storage/alert-store.ts';
import type { CountBook } from '../storage/count-book.ts';
import type { NumberBook } from '../storage/number-book.ts';
import { StreamGuard } from '../storage/stream-guard.ts';
import { AlertStreamLog } from '../storage/stream-log.ts';
import { Lead } from './lead.ts';
import { acknowledgeInShard, openShardDoor, type Acknowledgement, type StoredAlert } from './shard-door.ts';

/** What lives longer than one term. */
export interface TermParts {
  bus: Bus;
  log: Log;
  clock: Clock;
  evaluator: Evaluator;
  feeds: Feeds;
  rules: RuleBook;
  silences: SilenceBook;
  provisioning: Provisioning;
  ruleBucket: Bucket<AlertRule>;
  seedMarks: Bucket<SeedMark>;
  counts: CountBook;
  numbers: NumberBook;
  notifications: Notifications;
}

/** By shard, where the log of events had been followed to, with all that follows from it stored; null: not known. */
export type Befores = ReadonlyMap<number, Position | null>;

const PURGE_EVERY_MS = 10 * 60_000;

/**
 * One time of evaluating shards: from the stream's state to giving way. Shards come and go meanwhile; with the first of
 * them comes the {@link Lead}.
 */
export class Term {
  private readonly store: AlertStore;
  private readonly log: AlertStreamLog;
  private readonly guard: StreamGuard;
  private readonly doors = new Map<number, BusSubscription>();
  private readonly abort = new AbortController();
  /** By shard, where a successor has to begin. */
  private readonly stored = new Map<number, Position | null>();
  /** Shards of which the log of events is followed: the others begin where they were left. */
  private readonly followed = new Set<number>();
  private lead?: Lead;
  /** Whether it looks after the stream already. */
  private begun = false;
  private tail?: StreamTail;
  /** The creation time of the alerts' stream, and the last sequence that was read at once. */
  private read = { epoch: 0, seq: 0 };
  private purgeTimer?: Timer;
  /** Where the log of events was when it was no longer followed. */
  private reached: Position | null = null;

  constructor(private readonly parts: TermParts) {
    this.log = new AlertStreamLog(parts.bus);
    const { clock, log, numbers, evaluator } = parts;
    const events = {
      isMine: (targetKey: string) => evaluator.shards.owns(targetKey),
      onFenced: (subject: string, message: AlertMessage) => evaluator.adopt(subject, message),
      onReworded: (subject: string, message: AlertMessage) => evaluator.desk.reword(subject, message),
      onPurged: (subject: string) => evaluator.desk.forget(subject),
    };
    this.store = new AlertStore(this.log, events, log);
    const counts = () => this.leads;
    this.guard = new StreamGuard({ clock, log, numbers, stream: this.log, store: this.store, counts });
  }

  /** Transitions that wait for the broker. */
  get waiting(): number {
    return this.store.waiting;
  }

  get full(): boolean {
    return this.store.full;
  }

  get leads(): boolean {
    return this.lead !== undefined;
  }

  get standing(): Iterable<{ subject: string; order: number; message: AlertMessage }> {
    return this.store.standing();
  }

  /** Whether it was ended. */
  get isOver(): boolean {
    return this.abort.signal.aborted;
  }

  get shards(): number[] {
    return [...this.stored.keys()];
  }

  /** Those that it has taken up. */
  get evaluated(): number[] {
    return [...this.doors.keys()];
  }

  has(shard: number): boolean {
    return this.stored.has(shard);
  }

  /** Where a successor has to begin with a shard. */
  position(shard: number): Position | null {
    const position = this.parts.feeds.position ?? this.reached;
    if (position && this.store.waiting === 0 && !this.abort.signal.aborted)
      for (const one of this.followed) this.stored.set(one, { ...position });
    return this.stored.get(shard) ?? null;
  }

  announce(subject: string, message: AlertMessage): void {
    this.parts.numbers.saw(beganOf(message.id));
    this.store.push(subject, message);
  }

  /** Evaluates these shards too. Throws when the broker does not answer: then the term is to be ended. */
  async take(befores: Befores): Promise<void> {
    const { counts, evaluator, feeds, clock, bus } = this.parts;
    for (const [shard, before] of befores) this.stored.set(shard, before);
    // A shard that comes back: what was said of it would be said again beside what still waits.
    await this.store.whenLeftStored();
    const stored = await this.learn();
    // Afterwards: what is purged meanwhile is counted before it is gone.
    await counts.load();
    this.abort.signal.throwIfAborted();
    // One of them may have been lost meanwhile.
    const shards = [...befores.keys()].filter((shard) => this.stored.has(shard));
    evaluator.activate(stored, shards);
    this.followOthers();
    if (shards.length > 0) {
      for (const shard of shards) this.followed.add(shard);
      await feeds.activate(new Map(shards.map((shard) => [shard, befores.get(shard) ?? null])), clock.now());
    }
    if (this.isOver) feeds.deactivate();
    this.abort.signal.throwIfAborted();
    const acknowledge = (asked: Acknowledgement) => this.acknowledgeHere(asked);
    for (const shard of shards) if (this.has(shard)) this.doors.set(shard, openShardDoor(bus, shard, acknowledge));
    if (this.begun) return;
    this.begun = true;
    this.guard.start();
    this.purgeAndAgain();
  }

  /** Answers and notifies for all shards from now on, or no longer. */
  async setLead(leads: boolean): Promise<void> {
    if (leads === this.leads && !this.lead?.isQuiet) return;
    const before = this.lead;
    this.lead = undefined;
    await before?.stop();
    if (!leads || this.isOver) return;
    this.lead = new Lead(this.parts, {
      active: () => this.store.active(),
      acknowledge: (id, by, note) => this.acknowledge(id, by, note),
    });
    await this.lead.start();
  }

  /** Says nothing any more of a shard: another does. */
  letGo(shard: number): void {
    if (shard === 0) this.lead?.quieten();
    this.stored.delete(shard);
    this.followed.delete(shard);
    this.doors.get(shard)?.unsubscribe();
    this.doors.delete(shard);
    this.parts.evaluator.release(shard);
    this.parts.feeds.forget(shard);
  }

  /** The same; resolves with where its successor begins, once all that was said of it is stored. Throws when it is ended. */
  async handOver(shard: number): Promise<Position | null> {
    const reached = this.parts.feeds.position ?? this.position(shard);
    this.letGo(shard);
    await this.store.whenLeftStored();
    // What waited may have been thrown away.
    this.abort.signal.throwIfAborted();
    return reached;
  }

  /** Stops hearing; what was said goes on being stored. */
  quieten(): void {
    this.lead?.quieten();
    for (const door of this.doors.values()) door.unsubscribe();
    this.reached = this.parts.feeds.position ?? this.reached;
    this.parts.feeds.deactivate();
  }

  /** From now on nothing is said or stored. */
  halt(): void {
    if (this.abort.signal.aborted) return;
    this.quieten();
    for (const shard of this.stored.keys()) this.position(shard);
    this.abort.abort();
    this.parts.clock.clearTimeout(this.purgeTimer);
    this.guard.stop();
    this.tail?.stop();
    this.parts.evaluator.deactivate();
    this.store.close();
  }

  async stop(): Promise<void> {
    this.halt();
    await this.lead?.stop();
  }

  /** Resolves when it is stored, by whoever writes the alert. Throws RpcFault 404, 409, 503. */
  private async acknowledge(id: string, by: string, note: string | null): Promise<AlertMessage> {
    const asked = { id, by, note };
    const { evaluator, bus } = this.parts;
    const known = this.store.active().find((alert) => alert.id === id);
    if (!known || evaluator.shards.owns(known.target.key)) return (await this.acknowledgeHere(asked)).message;
    const { seq, message } = await acknowledgeInShard(bus, shardOf(known.target.key, evaluator.shards.count), asked);
    this.heard(subjectOf(message), seq, message);
    return message;
  }

  private async acknowledgeHere({ id, by, note }: Acknowledgement): Promise<StoredAlert> {
    const said = this.parts.evaluator.acknowledge(id, by, note);
    if (!said) throw new RpcFault(404, `no alert "${id}" is pending, firing or without data`);
    const subject = subjectOf(said);
    await this.store.whenStored(subject);
    const stored = this.store.stored(subject);
    if (stored?.message.id !== id || stored.message.ack?.at !== said.ack?.at)
      throw new RpcFault(409, `the alert "${id}" changed meanwhile; look at it and try again`);
    return stored;
  }

  /** Takes up all alerts as they stand. Those of others come anew from there on. */
  private async learn(): Promise<[subject: string, message: AlertMessage][]> {
    const { numbers, evaluator } = this.parts;
    this.tail?.stop();
    const epoch = await this.log.epoch();
    const stored = await this.log.last(this.abort.signal);
    let [lastSeq, highest] = [0, 0];
    for (const { seq, message } of stored.values()) {
      lastSeq = Math.max(lastSeq, seq);
      highest = Math.max(highest, beganOf(message.id));
    }
    await numbers.open({ epoch, subjects: stored.size, highest });
    this.abort.signal.throwIfAborted();
    // What others wrote is read now; of a stream that was made anew nothing is known, and what lives here is told again.
    if (epoch === this.read.epoch) this.store.forgetOthers();
    else this.store.startAnew();
    this.read = { epoch, seq: lastSeq };
    for (const [subject, { seq, message }] of stored) {
      if (!this.store.isForeign(subject, seq)) continue;
      this.store.learn(subject, seq, message);
      evaluator.adopt(subject, message);
    }
    return [...stored].map(([subject, { message }]) => [subject, message]);
  }

  /** Other shards write too, and an instance that was thought dead: it is how the alert stands from then on. */
  private followOthers(): void {
    let isFirst = true;
    const at: TailOptions = {
      from: this.read.seq + 1,
      filter: filters.allAlerts,
      onReset: ({ epoch }) => {
        const isKnown = isFirst && epoch === this.read.epoch;
        isFirst = false;
        if (isKnown) return;
        // Nothing of this one was read.
        at.from = 1;
        this.read = { epoch, seq: 0 };
        this.parts.numbers.lost(epoch);
        this.store.startAnew();
      },
      onMessage: (item) => {
        if (this.store.isForeign(item.subject, item.seq))
          this.heard(item.subject, item.seq, AlertMessage.parse(item.json()));
      },
    };
    this.tail = this.parts.bus.tail(STREAMS.ALERTS.name, at);
    this.tail.start();
  }

  /** Somebody else stored that. */
  private heard(subject: string, seq: number, message: AlertMessage): void {
    if (!this.store.isForeign(subject, seq)) return;
    this.store.learn(subject, seq, message);
    this.parts.evaluator.adopt(subject, message);
  }

  private purgeAndAgain(): void {
    const { clock, evaluator, counts, numbers, log } = this.parts;
    const expired = [...this.store.expired(clock.now())];
    // Known before they are gone: fewer subjects than that are a loss.
    const expected = this.leads
      ? numbers.expect(Math.max(0, this.store.holdings().size - expired.length))
      : numbers.expectFewer(expired.length);
    expected.catch((fault: unknown) => log.warn('nothing purged', { fault: String(fault) }));
    for (const subject of expired) {
      // As it stands now: a shard that is let go meanwhile takes its alerts along.
      const track = evaluator.desk.bySubject(subject);
      // Containers never come back; whatever else has a name may.
      const gone = track?.kind === 'container' && !evaluator.thresholds.index.find(track.kind, track.key);
      const counted = track && !gone && { ruleId: track.ruleId, key: track.key, began: track.began };
      const keep = async (): Promise<void> => {
        await expected;
        if (counted) await counts.keep(counted.ruleId, counted.key, counted.began);
      };
      this.store.purge(subject, keep);
    }
    this.purgeTimer = clock.setTimeout(() => this.purgeAndAgain(), PURGE_EVERY_MS);
  }
}

function subjectOf({ rule, target }: AlertMessage): string {
  return subjects.alert(rule.id, target.key);
}
