import type { Bus, BusMessage, BusSubscription } from '@deckwatch/bus';
import { COLLECTOR_RPC, StatsSweep, filters, isStatsSweep, sampleOf, subjects, STAT_COLS } from '@deckwatch/contracts';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { StatsBoard } from '../topics/stats-board.ts';

/** How long a subject is still followed after the last who looked at it. */
const LINGER_MS = 5000;
/** How long views wait for the collector's last sweep before they show what there is. */
const LATEST_MS = 400;
/** Looking at more hosts than this is looking at all. */
const MANY = 64;
const ALL = '*';

export interface StatsFeedOptions {
  bus: Pick<Bus, 'subscribe' | 'call'>;
  board: StatsBoard;
  clock: Clock;
  /** Hosts that report, by their names. */
  knownHosts(): string[];
}

/** Somebody polls: looks at one host or all for a while after each time. */
interface Visit {
  until: number;
  timer: Timer;
}

/** Follows on the bus only what somebody looks at, and asks the collectors for their last sweep when that begins. */
export class StatsFeed {
  private readonly wanted = new Map<string, number>();
  private readonly followed = new Map<string, BusSubscription>();
  private readonly lingering = new Map<string, Timer>();
  private readonly visits = new Map<string, Visit>();
  readonly counters = { sweeps: 0, refused: 0 };

  constructor(private readonly options: StatsFeedOptions) {}

  /** Somebody looks at these hosts, until the returned function is called. */
  hold(hosts: 'all' | readonly string[]): () => void {
    const names = hosts === 'all' ? [ALL] : [...new Set(hosts)];
    for (const name of names) this.want(name);
    let held = true;
    return () => {
      if (held) for (const name of names) this.release(name);
      held = false;
    };
  }

  /**
   * As `hold` for one host or all, for as long as somebody who polls may come back. Resolves when the first sweep is
   * here, or does not come.
   */
  async visit(host: string | 'all', ms: number): Promise<void> {
    const { clock, board } = this.options;
    if (host !== 'all' && !this.options.knownHosts().includes(host)) return;
    const until = clock.now() + ms;
    const visit = this.visits.get(host);
    if (visit) visit.until = until;
    else this.visits.set(host, this.beginVisit(host, until));
    const waits = (): boolean => (host === 'all' ? board.awaitsAny : board.awaits(host));
    while (waits()) await new Promise<void>((resolve) => void clock.setTimeout(resolve, 10));
  }

  /** A host began to report: whoever looks at it is served from now on. */
  hostAppeared(host: string): void {
    if (this.isWanted(host)) this.begin(host);
  }

  hostGone(host: string): void {
    this.followed.get(host)?.unsubscribe();
    this.followed.delete(host);
  }

  close(): void {
    const visits = Array.from(this.visits.values(), (visit) => visit.timer);
    for (const timer of [...this.lingering.values(), ...visits]) this.options.clock.clearTimeout(timer);
    this.wanted.clear();
    for (const subscription of this.followed.values()) subscription.unsubscribe();
    this.followed.clear();
  }

  private beginVisit(host: string, until: number): Visit {
    const { clock } = this.options;
    const release = this.hold(host === 'all' ? 'all' : [host]);
    const look = (): void => {
      const left = visit.until - clock.now();
      if (left > 0) {
        visit.timer = clock.setTimeout(look, left);
        return;
      }
      this.visits.delete(host);
      release();
    };
    const visit: Visit = { until, timer: clock.setTimeout(look, until - clock.now()) };
    return visit;
  }

  private isWanted(host: string): boolean {
    return (this.wanted.get(ALL) ?? 0) > 0 || (this.wanted.get(host) ?? 0) > 0;
  }

  private want(name: string): void {
    this.options.clock.clearTimeout(this.lingering.get(name));
    this.lingering.delete(name);
    const count = (this.wanted.get(name) ?? 0) + 1;
    this.wanted.set(name, count);
    if (count > 1) return;
    const known = this.options.knownHosts();
    if (name === ALL) known.forEach((host) => this.begin(host));
    else if (known.includes(name)) this.begin(name);
  }

  private release(name: string): void {
    const count = (this.wanted.get(name) ?? 1) - 1;
    if (count > 0) return void this.wanted.set(name, count);
    this.wanted.set(name, 0);
    const end = (): void => {
      this.lingering.delete(name);
      this.wanted.delete(name);
      this.followWhatIsWanted();
    };
    // A name that nobody reports under was never followed.
    if (name !== ALL && !this.followed.has(name) && !this.options.knownHosts().includes(name)) end();
    else this.lingering.set(name, this.options.clock.setTimeout(end, LINGER_MS));
  }

  private begin(host: string): void {
    const { board } = this.options;
    const fresh = this.isFollowed(host) && (board.hosts.get(host)?.arrivedAt ?? 0) > 0;
    this.followWhatIsWanted();
    if (!fresh) void this.askForLatest(host);
  }

  private isFollowed(host: string): boolean {
    return this.followed.has(ALL) || this.followed.has(host);
  }

  /** Brings the subscriptions in line with what is wanted: one for all hosts, or one for each. */
  private followWhatIsWanted(): void {
    const known = new Set(this.options.knownHosts());
    const hosts = [...this.wanted.keys()].filter((name) => known.has(name));
    const all = this.wanted.has(ALL) || hosts.length > MANY;
    const subjectsWanted = new Set(all ? [ALL] : hosts);
    for (const name of subjectsWanted) if (!this.followed.has(name)) this.follow(name);
    for (const [name, subscription] of this.followed) {
      if (subjectsWanted.has(name)) continue;
      subscription.unsubscribe();
      this.followed.delete(name);
      this.dropUnwatched(name === ALL ? this.options.board.hosts.keys() : [name]);
    }
  }

  /** Figures that nobody keeps up to date any more are not kept. */
  private dropUnwatched(hosts: Iterable<string>): void {
    for (const host of hosts) if (!this.isFollowed(host)) this.options.board.forget(host);
  }

  private follow(name: string): void {
    const subject = name === ALL ? filters.allStats : subjects.stats(name);
    this.followed.set(
      name,
      this.options.bus.subscribe(subject, (message) => this.take(message)),
    );
  }

  private take(message: BusMessage): void {
    const sweep = readSweep(message.json());
    if (!sweep || message.subject !== subjects.stats(sweep.host)) {
      this.counters.refused += 1;
      return;
    }
    this.counters.sweeps += 1;
    this.options.board.accept(sweep);
  }

  private async askForLatest(host: string): Promise<void> {
    const { bus, board, clock } = this.options;
    board.await(host);
    const limit = clock.setTimeout(() => board.giveUp(host), LATEST_MS);
    try {
      const sweep = await bus.call(
        (method) => subjects.collectorRpc(host, method),
        COLLECTOR_RPC,
        'latest',
        {},
        LATEST_MS,
      );
      if (sweep && sweep.host === host && this.isFollowed(host)) board.accept(sweep);
    } catch {
      // No collector answers: the next sweep will tell.
    } finally {
      clock.clearTimeout(limit);
      board.giveUp(host);
    }
  }
}

/** A sweep with the usual columns in the usual order, whatever order it came in; undefined: none. */
export function readSweep(message: unknown): StatsSweep | undefined {
  if (isStatsSweep(message)) return message;
  const parsed = StatsSweep.safeParse(message);
  if (!parsed.success) return undefined;
  const rows = parsed.data.rows.map((row) => {
    const sample = sampleOf(row, parsed.data.cols);
    return [row[0], ...STAT_COLS.map((col) => sample[col])];
  });
  return { ...parsed.data, cols: [...STAT_COLS], rows: rows as StatsSweep['rows'] };
}
