import { faultOf, type Bus, type BusSubscription, type Log, type StreamTail } from '@deckwatch/bus';
import { ContainerEvent, filters, HostReport, isStatsSweep, STREAMS } from '@deckwatch/contracts';
import { firstSeqSince } from '../storage/stream-log.ts';
import type { Clock } from '@deckwatch/service-kit';
import type { Evaluator } from './evaluator.ts';
import { SessionFeed } from './session-feed.ts';

export interface Position {
  epoch: number;
  seq: number;
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
  private readonly sessions: SessionFeed;

  constructor(
    private readonly bus: Bus,
    private readonly evaluator: Evaluator,
    private readonly log: Log,
    /** Whether samples may be taken: not while too many transitions wait for the broker. */
    private readonly mayTake: () => boolean,
    clock: Clock,
  ) {
    this.sessions = new SessionFeed(bus, evaluator.thresholds, clock, mayTake);
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

  /** Begins to hear samples and, from the position that the evaluator before reached, events. */
  async activate(before: Position | null, now: number): Promise<void> {
    const info = await this.bus.jsm.streams.info(STREAMS.CONTAINERS.name);
    const epoch = Date.parse(info.created);
    const known = before && before.epoch === epoch ? Math.min(before.seq, info.state.last_seq) : info.state.last_seq;
    const from = await this.beginning(known, now);
    this.follow(from, known, info.state.last_seq);
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

  /** @param known everything up to here is stored, @param waiting up to here events are told again after a restart */
  private follow(from: number, known: number, waiting: number): void {
    let epoch = 0;
    let anew = false;
    this.events = this.bus.tail(STREAMS.CONTAINERS.name, {
      from,
      // A stream that was made anew counts from 1 again: none of what it holds was heard before.
      onReset: (at) => {
        anew = epoch !== 0 && at.epoch !== epoch;
        epoch = at.epoch;
      },
      onMessage: (item) => {
        const freshness = anew ? 'fresh' : item.seq <= known ? 'old' : item.seq <= waiting ? 'again' : 'fresh';
        this.containerEvent(item.json(), (event) => this.evaluator.event(event, freshness));
      },
      onCaughtUp: () => {
        this.eventsCaughtUp = true;
        this.settle();
      },
    });
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
    else this.log.warn('container event passed over', { fault: faultOf(parsed.error) });
  }
}
