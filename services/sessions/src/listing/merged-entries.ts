import { compareEntries, type AppPages, type Entry, type Order, type Place } from './app-pages.ts';

/** What has been read of one app and not been taken yet. */
interface Run {
  app: string;
  entries: Entry[];
  /** The first that has not been taken. */
  at: number;
  /** How many are read next. */
  count: number;
  ended: boolean;
}

/** Entries of one app that are read at a time, at most. */
const MOST = 500;
const LEAST = 8;

/**
 * The sessions of several apps in one order: by (value, app, id). Each app has sorted sets of its own; of each as much
 * is read as its share of a page, and more of those that turn out to have more of it.
 */
export class MergedEntries {
  private readonly runs: Run[];
  private readonly sign: 1 | -1;

  constructor(
    private readonly pages: AppPages,
    private readonly order: Order,
    apps: readonly string[],
    private readonly start: Place | null,
    pageSize: number,
  ) {
    const count = Math.min(MOST, Math.max(LEAST, Math.ceil((pageSize * 2) / Math.max(1, apps.length))));
    this.runs = apps.map((app) => ({ app, entries: [], at: 0, count, ended: false }));
    this.sign = order.order === 'asc' ? 1 : -1;
  }

  /** The next `count` entries; fewer at the end. */
  async take(count: number): Promise<Entry[]> {
    const taken: Entry[] = [];
    while (taken.length < count) {
      await this.refill();
      const first = this.first();
      if (!first) return taken;
      // As long as no run is used up, the least of the heads is the next of all.
      for (let run: Run | undefined = first; run && taken.length < count; run = this.first()) {
        taken.push(run.entries[run.at]!);
        run.at += 1;
        if (run.at === run.entries.length && !run.ended) break;
      }
    }
    return taken;
  }

  private async refill(): Promise<void> {
    const empty = this.runs.filter((run) => run.at === run.entries.length && !run.ended);
    if (empty.length === 0) return;
    const requests = empty.map((run) => ({ app: run.app, after: run.entries.at(-1) ?? this.start, count: run.count }));
    const pages = await this.pages.read(requests, this.order);
    empty.forEach((run, at) => {
      run.entries = pages[at]!;
      run.at = 0;
      run.ended = run.entries.length < run.count;
      run.count = Math.min(MOST, run.count * 2);
    });
  }

  private first(): Run | undefined {
    let first: Run | undefined;
    for (const run of this.runs) {
      if (run.at === run.entries.length) continue;
      if (!first || this.sign * compareEntries(run.entries[run.at]!, first.entries[first.at]!) < 0) first = run;
    }
    return first;
  }
}
