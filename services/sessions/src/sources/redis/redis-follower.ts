import { faultOf, type Log } from '@deckwatch/bus';
import type { Clock } from '@deckwatch/service-kit';
import type { RedisRegistry } from '../../registry/redis-registry.ts';
import type { Outcome, SessionChange } from '../../registry/session-change.ts';
import { factsMark, factsOf, type FactPlaces, type SessionFacts } from '../held/facts.ts';
import { KnownSessions, type Known } from '../held/known-sessions.ts';
import type { SourceBook } from '../held/source-state.ts';
import { NotTaken, type ChangeSink } from '../session-source.ts';
import type { DirtyKeys, Dirty } from './dirty-keys.ts';
import { EarlyEnds } from './early-ends.ts';
import type { KeyBook } from './key-book.ts';
import { GONE, NEW, RESTORED } from './key-events.ts';
import type { KeyReading, Reader } from './key-reader.ts';
import { readWhereTheyAre, type FoundReading } from './readings.ts';
import { Round, type Pace } from './round.ts';
import { tell, type Told } from './session-steps.ts';
import type { SessionShape } from './shapes/shape.ts';

export interface FollowerParts {
  source: { name: string; app: string };
  shape: SessionShape;
  places: FactPlaces;
  keys: KeyBook;
  publicId: (rest: string) => string;
  registry: Pick<RedisRegistry, 'heldBy' | 'backlog'>;
  sink: ChangeSink;
  dirty: DirtyKeys;
  book: SourceBook;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

const BATCH = 512;
const SAMPLE = 20;
const SAMPLE_EVERY_MS = 1000;
/** A first comparison finds sessions faster than a broker may take their events: those of today would wait behind them. */
const MOST_BACKLOG = 2000;
const BACKLOG_WAIT_MS = 10;
/** A broker that takes none for so long is not waited for. */
const LONGEST_BACKLOG_MS = 5000;
/** How long an event may be on its way after what it tells of. */
const DOUBT_MS = 300;
/** An end that moved by less than this is the same, read at another moment. */
const SAME_END_MS = 1500;

/** The registry did not take a change: what is known of it is not known any more. */
export class Unsure extends Error {}

/**
 * Follows the sessions in one Redis, or in the masters of a cluster. One step at a time, so that what is read is told in
 * the order in which it was true: first what events tell, then what is due, then a part of the round in which everything
 * is compared; now and then a few are looked at that nothing was said of, since Redis tells of no FLUSHDB.
 */
export class RedisFollower {
  private readonly known = new KnownSessions();
  private readonly early = new EarlyEnds();
  private readonly readers: Reader[];
  /** Over the masters of a cluster. */
  private readonly isSpread: boolean;
  private round: Round | null = null;
  private rounds = 0;
  private sampleAt = 0;

  constructor(
    private readonly parts: FollowerParts,
    readers: Reader[],
  ) {
    this.readers = readers;
    this.isSpread = readers.some(({ address }) => address !== undefined);
  }

  /** How many sessions wait to be looked at. */
  get waiting(): number {
    return this.parts.dirty.size;
  }

  /** Whether all has been compared since the last gap. */
  get complete(): boolean {
    return this.round === null && this.rounds > 0;
  }

  /** From now on events are told; what was missed is found by comparing everything. */
  compareAll(pace: Pace = 'first'): void {
    this.rounds += 1;
    this.round = new Round(this.rounds, this.readers, this.parts.keys, pace);
  }

  /** Forgets who is there: the registry may not have what was told last. What Redis has yet to say stays late. */
  startAnew(): void {
    this.known.clear();
    this.parts.dirty.clear();
    this.compareAll();
  }

  find(id: string): Known | undefined {
    return this.known.get(id);
  }

  /** The next end of this session is ours. */
  revoking(id: string): void {
    const known = this.known.get(id);
    if (known) known.revoked = true;
  }

  /**
   * Does what is most urgent. Returns in how many milliseconds there is more to do, 0: at once. Throws RedisAway when
   * the user's Redis does not answer, Unsure when the registry did not take what was told.
   */
  async step(): Promise<number> {
    const { dirty, clock } = this.parts;
    if (dirty.overflowed) {
      dirty.overflowed = false;
      this.compareAll();
    }
    const now = clock.now();
    for (const known of this.known.takeDue(now, BATCH)) dirty.look(known.node, known.rest);
    for (const { node, rest } of this.early.takeOld(now)) dirty.look(node, rest);
    if (now >= this.sampleAt) this.sample(now);
    if (dirty.size > 0) {
      await this.lookAt(dirty.take(BATCH));
      return 0;
    }
    if (this.round && now >= this.round.nextAt) await this.compareSome(this.round);
    if (dirty.size > 0) return 0;
    const next = Math.min(this.known.nextDueAt(), this.round?.nextAt ?? Infinity, this.sampleAt);
    return Math.max(0, next - clock.now());
  }

  private sample(now: number): void {
    this.sampleAt = now + SAMPLE_EVERY_MS;
    if (!this.complete) return;
    for (const known of this.known.sample(SAMPLE)) this.parts.dirty.look(known.node, known.rest);
  }

  private async compareSome(round: Round): Promise<void> {
    const { dirty, clock } = this.parts;
    if (round.isFirst && (await this.isAhead())) return round.wait(clock.now() + BACKLOG_WAIT_MS);
    const met = await round.next(clock.now);
    for (const { node, rest } of met) dirty.met(node, rest, round.number);
    if (round.scanned && dirty.size === 0) await this.endRound(round);
  }

  /** Whether the broker has yet to take many events, and takes them. */
  private async isAhead(): Promise<boolean> {
    const { registry, clock } = this.parts;
    if ((await registry.backlog()) <= MOST_BACKLOG) {
      this.aheadSince = Infinity;
      return false;
    }
    this.aheadSince = Math.min(this.aheadSince, clock.now());
    return clock.now() - this.aheadSince < LONGEST_BACKLOG_MS;
  }
  private aheadSince = Infinity;

  /** All keys were met that were there the whole time. Those that were not met are looked at, then what only the registry has is ended. */
  private async endRound(round: Round): Promise<void> {
    const { source, registry, book, clock, dirty } = this.parts;
    if (!round.looked) {
      round.looked = true;
      for (const known of this.known.values()) if (known.round < round.number) dirty.look(known.node, known.rest);
      if (dirty.size > 0) return;
    }
    for await (const held of registry.heldBy(source.name, source.app)) {
      for (const { id } of held) this.kept(id, round);
      const strangers = held.filter(({ id }) => !this.known.get(id));
      const now = clock.now();
      const ends = strangers.map(({ id, expiresAt }): SessionChange => {
        const reason = expiresAt <= now ? 'expired' : 'unknown';
        return { app: source.app, id, op: 'end', user: null, attrs: {}, ttlMs: 1, t: null, at: now, reason, held: source.name }; // prettier-ignore
      });
      await this.submit(ends);
      for (const { id } of ends) this.early.add(id, false, now);
      book.state.mended.destroyed += ends.length;
    }
    if (this.round !== round) return;
    this.tellLost(round);
    this.round = null;
    book.state = { ...book.state, comparedAt: clock.now() };
    book.turn('following', book.state.fault);
  }

  private kept(id: string, { number }: Round): void {
    const known = this.known.get(id);
    if (known) known.kept = number;
  }

  /** What the registry has lost is told again. */
  private tellLost({ number }: Round): void {
    for (const known of this.known.values()) {
      if (known.kept === number) continue;
      known.mark = null;
      this.parts.dirty.look(known.node, known.rest);
    }
  }

  private async lookAt(batch: Dirty[]): Promise<void> {
    const { book } = this.parts;
    // What is read now proves nothing for a round that begins meanwhile: a gap may lie in between.
    const round = this.rounds;
    const { clock } = this.parts;
    const startedAt = clock.now();
    const readings = await this.readingsOf(batch);
    if (batch.some(({ round: met }) => met > 0)) this.round?.took(clock.now() - startedAt, clock.now());
    const told = batch.map((dirty, at) => {
      const found = readings[at];
      return this.toldOf(found && this.isSpread ? asMoved(dirty, found) : dirty, found?.reading, round);
    });
    const outcomes = await this.submit(told.flatMap(({ changes }) => changes));
    this.count(told, outcomes);
    book.state.sessions = this.known.size;
    // One that went without a word is seldom the only one: FLUSHDB tells nothing.
    if (this.complete && told.some(({ mended }) => mended === 'destroyed')) this.compareAll('routine');
  }

  /** What comparing found, and sessions that ended though their begin was never told: the registry had none of that id. */
  private count(told: readonly (Told & { stranger: boolean })[], outcomes: readonly Outcome[]): void {
    const { mended, comparedAt } = this.parts.book.state;
    let at = 0;
    for (const { changes, stranger, mended: found } of told) {
      if (stranger && (changes[0]?.op !== 'end' || outcomes[at] === 'remembered')) this.parts.book.state.unseen += 1;
      if (comparedAt !== null && found !== null && outcomes[at] === found) mended[found] += 1;
      at += changes.length;
    }
  }

  /** What is certainly over is not read; in a cluster an end may be that of a move to another master. */
  private async readingsOf(batch: Dirty[]): Promise<(FoundReading | undefined)[]> {
    const asked = batch.flatMap((dirty, at) => (this.isSpread || !isOver(dirty) ? [at] : []));
    const places = asked.map((at) => ({ node: batch[at]!.node, key: this.parts.keys.keyOf(batch[at]!.rest) }));
    const found = await readWhereTheyAre(this.readers, places);
    const readings: (FoundReading | undefined)[] = [];
    asked.forEach((at, index) => (readings[at] = found[index]));
    return readings;
  }

  private toldOf(met: Dirty, found: KeyReading | undefined, round: number): Told & { stranger: boolean } {
    const { source, clock, publicId, shape } = this.parts;
    const id = publicId(met.rest);
    const now = clock.now();
    const known = this.known.get(id);
    const { complete } = this;
    const dirty = { ...met, round, events: known ? met.events : this.early.withoutLate(id, met.events) };
    const dueAt = found?.exists ? this.dueAt(found, now) : Infinity;
    const reading = found?.exists && !known && this.early.doubts(id, met) ? undefined : ended(found, dueAt <= now);
    const facts = reading?.exists ? this.factsOf(id, reading) : null;
    const mark = facts && factsMark(facts);
    const unchanged = known !== undefined && mark !== null && known.mark === mark && isSameEnd(known.dueAt, dueAt);
    const told = tell({ source, id, known, dirty, reading, facts, dueAt, now, unchanged, complete });
    // A shape with markers tells of each end twice.
    const stranger = !known && GONE[dirty.events[0] ?? ''] !== undefined && !shape.markerOf;
    const heard = known?.heard === true || dirty.events.includes(NEW);
    if (known && !told.present && GONE[dirty.events.at(-1) ?? ''] === undefined) this.early.add(id, heard, now);
    this.remember(id, dirty, told, reading?.exists ? { dueAt, mark } : null, now);
    return { ...told, stranger };
  }

  private dueAt({ ttlMs, document, fault }: Extract<KeyReading, { exists: true }>, now: number): number {
    const byKey = ttlMs === null ? Infinity : now + ttlMs;
    const byShape = fault === null ? this.parts.shape.expiresAt?.(document) : undefined;
    return Math.min(byKey, byShape ?? Infinity);
  }

  /** @param found null: it was not read, or not there */
  private remember(
    id: string,
    dirty: Dirty,
    told: Told,
    found: Pick<Known, 'dueAt' | 'mark'> | null,
    now: number,
  ): void {
    if (!told.present) return this.known.drop(id);
    const known = this.known.get(id) ?? this.known.add(dirty.rest, id, Infinity, 0, dirty.node);
    known.heard = dirty.events.includes(NEW) || known.heard;
    if (told.missing) {
      known.missing = true;
      return this.known.due(known, now + DOUBT_MS);
    }
    // Only a reading proves that it is there: the end that an event would tell may have fallen into a gap.
    if (found === null) return;
    known.mark = found.mark;
    known.round = dirty.round;
    known.missing = false;
    known.node = dirty.node;
    this.known.due(known, found.dueAt);
  }

  private factsOf(id: string, reading: Extract<KeyReading, { exists: true }>): SessionFacts | null {
    if (reading.fault !== null) {
      this.parts.book.unreadable(id, reading.fault);
      return null;
    }
    return factsOf(reading.document, this.parts.places);
  }

  /** Throws Unsure unless the registry took all. */
  private async submit(changes: SessionChange[]): Promise<Outcome[]> {
    const results = await Promise.allSettled(changes.map((change) => this.parts.sink.submit(change)));
    const refused = results.find((result) => result.status === 'rejected');
    if (!refused) return results.map((result) => (result as PromiseFulfilledResult<Outcome>).value);
    const fault = (refused as PromiseRejectedResult).reason as unknown;
    this.parts.log.warn('session changes not taken', { source: this.parts.source.name, fault: faultOf(fault) });
    if (fault instanceof NotTaken && !fault.retry) return [];
    throw new Unsure(faultOf(fault), { cause: fault });
  }
}

/** A key that outlives its session is not the session. */
function ended(found: KeyReading | undefined, over: boolean): KeyReading | undefined {
  return over ? { exists: false } : found;
}

/** As it is where it was found: its end at another server, and `restore` there, tell of a move and nothing else. */
function asMoved(dirty: Dirty, { node, reading, moved }: FoundReading): Dirty {
  const isMove = reading.exists && (moved || dirty.events.includes(RESTORED));
  return isMove ? { ...dirty, node, events: dirty.events.filter((event) => event !== 'del') } : dirty;
}

function isSameEnd(one: number, other: number): boolean {
  return one === other || Math.abs(one - other) < SAME_END_MS;
}

function isOver({ events, look, round }: Dirty): boolean {
  return !look && round === 0 && GONE[events.at(-1) ?? ''] !== undefined;
}
