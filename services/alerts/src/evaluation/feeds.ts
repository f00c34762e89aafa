import { faultOf, type Bus, type BusSubscription, type Log, type StreamTail, type TailOptions } from '@deckwatch/bus';
import { containerKey, ContainerEvent, filters, HostReport, isStatsSweep, STREAMS } from '@deckwatch/contracts';
import { firstSeqSince } from '../storage/stream-log.ts';
import type { Clock } from '@deckwatch/service-kit';
import type { Evaluator } from './evaluator.ts';
import type { Freshness } from './event-evaluator.ts';
import { shardOf } from './own-shards.ts';
import { SessionFeed } from './session-feed.ts';

export interface Position {
  epoch: number;
  seq: number;
}

export interface FeedsOptions {
  bus: Bus;
  evaluator: Evaluator;
  log: Log;
  clock: Clock;
  /** Whether samples may be taken: not while too many transitions wait for the broker. */
  mayTake(): boolean;
  /** Called before what came in is looked at. */
  onInput(): void;
}

/** How the log of events stands for the containers of one shard. */
interface Mark {
  /** Up to here all is counted already. */
  counted: number;
  /** Up to here all that follows is stored. */
  known: number;
  /** Up to here events are told again after a restart. */
  waiting: number;
}

/**
 * What the evaluator hears. Inventory and hosts always, so that a second instance stands by with a warm index; samples
 * and the log of events only while it evaluates. Each message is applied as it comes, before the next.
 */
export class Feeds {
  private always: { unsubscribe(): void }[] = [];
  private whileActive: { unsubscribe(): void }[] = [];
  private inventory?: StreamTail;
  private events?: StreamTail;
  private eventsCaughtUp = false;
  private readonly marks = new Map<number, Mark>();
  /** The creation time of the stream that the marks are of. */
  private epoch = 0;
  private readonly bus: Bus;
  private readonly evaluator: Evaluator;
  private readonly sessions: SessionFeed;

  constructor(private readonly options: FeedsOptions) {
    const { bus, evaluator, clock } = options;
    this.bus = bus;
    this.evaluator = evaluator;
    this.sessions = new SessionFeed(bus, evaluator.thresholds, clock, () => this.mayTake());
  }

  /** Where the log of events has been followed to; null: not at all, or not everything of it has come in yet. */
  get position(): Position | null {
    return this.events && this.eventsCaughtUp ? this.events.position : null;
  }

  /** Resolves when the whole inventory is known. */
  async open(): Promise<void> {
    const hosts = this.bus.listen(
      filters.allHosts,
      HostReport,
      (report) => this.mayTake() && this.evaluator.hostReport(report),
    );
    this.always.push(hosts);
    await new Promise<void>((resolve) => {
      this.inventory = this.bus.tail(STREAMS.CONTAINERS.name, {
        from: 'last-per-subject',
        onReset: () => this.evaluator.thresholds.forgetContainers(),
        onMessage: (item) => this.containerEvent(item.json(), (event) => this.evaluator.container(event)),
        onCaughtUp: resolve,
      });
      this.inventory.start();
    });
  }

  /**
   * Begins to hear samples and, of each of these shards from the position that its evaluator before reached, events;
   * what is heard already goes on.
   */
  async activate(before: ReadonlyMap<number, Position | null>, now: number): Promise<void> {
    this.pauseEvents();
    const { created, state } = await this.bus.jsm.streams.info(STREAMS.CONTAINERS.name);
    const epoch = Date.parse(created);
    const goOn = [...this.marks.values()].map((mark) => {
      if (this.epoch !== epoch) Object.assign(mark, { counted: 0, known: 0, waiting: 0 });
      return mark.counted;
    });
    this.epoch = epoch;
    for (const [shard, position] of before) {
      const known = position?.epoch === epoch ? Math.min(position.seq, state.last_seq) : state.last_seq;
      this.marks.set(shard, { counted: 0, known, waiting: state.last_seq });
    }
    const known = Math.min(...[...before.keys()].map((shard) => this.marks.get(shard)!.known));
    const first = await this.beginning(known, now);
    // What came before does not count for them: it need not be read when the log is followed for further shards.
    for (const shard of before.keys()) {
      const mark = this.marks.get(shard);
      if (mark) mark.counted = first - 1;
    }
    this.follow(Math.min(first, ...goOn.map((counted) => counted + 1)));
    if (this.whileActive.length === 0) this.hear();
  }

  /** Of the containers of a shard nothing is counted any more. */
  forget(shard: number): void {
    this.marks.delete(shard);
  }

  /** What was counted stays so. */
  private pauseEvents(): void {
    const { events } = this;
    if (!events) return;
    const { epoch, seq } = events.position;
    events.stop();
    this.events = undefined;
    this.eventsCaughtUp = false;
    this.evaluator.events.setHearing(false);
    if (epoch === 0) return;
    for (const mark of this.marks.values())
      Object.assign(mark, this.epoch === epoch ? { counted: Math.max(mark.counted, seq) } : { counted: seq, known: 0, waiting: 0 }); // prettier-ignore
    this.epoch = epoch;
  }

  private mayTake(): boolean {
    this.options.onInput();
    return this.options.mayTake();
  }

  private hear(): void {
    const stats = this.bus.subscribe(filters.allStats, (message) => {
      if (!this.mayTake()) return;
      const sweep = message.json();
      if (!isStatsSweep(sweep)) throw new Error('not a sweep');
      this.evaluator.sweep(sweep);
    });
    let first = true;
    const status = this.bus.status$.subscribe((state) => {
      if (first || state === 'down') this.eventsCaughtUp = false;
      if (state === 'down') this.sessions.doubtEvents();
      if (!first) this.evaluator.setHearing(state === 'up');
      first = false;
    });
    this.whileActive.push(stats, status);
    this.sessions.start();
  }

  deactivate(): void {
    this.events?.stop();
    this.events = undefined;
    this.marks.clear();
    this.sessions.stop();
    this.whileActive.splice(0).forEach((one) => one.unsubscribe());
  }

  close(): void {
    this.deactivate();
    this.inventory?.stop();
    this.always.splice(0).forEach((one: BusSubscription) => one.unsubscribe());
  }

  /** Windows need the events of their time again, those before the position only to be counted. */
  private async beginning(known: number, now: number): Promise<number> {
    const span = this.evaluator.longestWindowMs;
    const first = span > 0 ? await firstSeqSince(this.bus, STREAMS.CONTAINERS.name, now - span) : null;
    return Math.min(known + 1, first ?? Infinity);
  }

  private follow(from: number): void {
    let anew = false;
    const options: TailOptions = {
      from,
      // A stream that was made anew counts from 1 again: none of what it holds was heard before.
      onReset: ({ epoch, lastSeq }) => {
        anew ||= epoch !== this.epoch;
        if (anew) options.from = 1;
        // One that lost its end gives its numbers again.
        for (const mark of this.marks.values()) mark.counted = Math.min(mark.counted, lastSeq);
      },
      onMessage: (item) => {
        this.options.onInput();
        this.containerEvent(item.json(), (event) => {
          const mark = this.marks.get(shardOf(containerKey(event.host, event.id), this.evaluator.shards.count));
          const freshness = anew ? 'fresh' : mark && freshnessOf(item.seq, mark);
          if (mark && freshness) this.evaluator.event(event, freshness);
        });
      },
      onCaughtUp: () => {
        this.eventsCaughtUp = true;
        this.settle();
      },
    };
    this.events = this.bus.tail(STREAMS.CONTAINERS.name, options);
    this.events.start();
  }

  /** The inventory must not be older than the events, or a recovery that is still to come would look missed. */
  private settle(looks = 100): void {
    const { events, inventory } = this;
    if (!events || !inventory || !this.eventsCaughtUp) return;
    // The two positions may differ for good where the end of the stream was purged; a second is long enough to wait.
    if (inventory.position.seq >= events.position.seq || looks === 0) this.evaluator.caughtUp();
    else setTimeout(() => this.settle(looks - 1), 10).unref();
  }

  private containerEvent(json: unknown, apply: (event: ContainerEvent) => void): void {
    const parsed = ContainerEvent.safeParse(json);
    if (parsed.success) apply(parsed.data);
    else this.options.log.warn('container event passed over', { fault: faultOf(parsed.error) });
  }
}

/** undefined: it is counted already. */
function freshnessOf(seq: number, { counted, known, waiting }: Mark): Freshness | undefined {
  if (seq <= counted) return undefined;
  return seq <= known ? 'old' : seq <= waiting ? 'again' : 'fresh';
}
