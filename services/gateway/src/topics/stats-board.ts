import { STAT_COLS, containerKey, type StatsSweep } from '@deckwatch/contracts';
import { Watchers } from './state-source.ts';
import { VersionedItems } from './versioned-items.ts';

const CONTAINER_ID = /^[0-9a-f]{12}$/;
/** Hosts whose rows are kept; far beyond one installation, so that a flood of names ends somewhere. */
const MAX_HOSTS = 5000;
/** How long the end of a container outweighs a sweep that was taken before it. */
const ENDED_MS = 30_000;
const MAX_ENDED = 10_000;
/** How long a sweep outweighs an older one that comes after it; past that, a clock was set back. */
const LATE_MS = 10_000;

/** The latest rows of one host. */
export interface HostRows {
  /** The board's version at the last sweep. */
  version: number;
  /** The sweep's own time, by its host's clock. */
  takenAt: number;
  /** The same as it is shown: a host whose clock is ahead must not drag along the time of all. */
  t: number;
  arrivedAt: number;
  intervalMs: number;
  rows: VersionedItems;
}

/** The latest sample of each container, encoded once as the row `["<host>.<id>", …figures]`. */
export class StatsBoard {
  version = 0;
  readonly hosts = new Map<string, HostRows>();
  readonly everything = new Watchers();
  private readonly perHost = new Map<string, Watchers>();
  private readonly ended = new Map<string, { t: number; heardAt: number }>();
  private readonly awaited = new Set<string>();

  constructor(private readonly now: () => number) {}

  /** Takes a whole sweep: rows that it lacks are gone. False: refused, not newer than what is here. */
  accept(sweep: StatsSweep): boolean {
    const known = this.hosts.get(sweep.host);
    const now = this.now();
    // A late answer to a request must not undo a newer sweep.
    const late = known && sweep.t <= known.takenAt && now - known.arrivedAt < LATE_MS;
    const host = known ?? this.admit(sweep.host);
    if (late || !host) {
      this.giveUp(sweep.host);
      return false;
    }
    this.version += 1;
    host.version = this.version;
    host.takenAt = sweep.t;
    host.t = Math.min(sweep.t, now);
    host.arrivedAt = now;
    host.intervalMs = sweep.intervalMs;
    this.replaceRows(host, sweep, now);
    this.awaited.delete(sweep.host);
    this.notify(sweep.host);
    return true;
  }

  /** A container ended at `t`: its row goes at once, and sweeps taken before that can't bring it back. */
  end(host: string, id: string, t: number): void {
    const key = containerKey(host, id);
    this.ended.delete(key);
    this.ended.set(key, { t, heardAt: this.now() });
    for (const [oldest, { heardAt }] of this.ended) {
      if (this.ended.size <= MAX_ENDED && this.now() - heardAt <= ENDED_MS) break;
      this.ended.delete(oldest);
    }
    const rows = this.hosts.get(host);
    if (!rows?.rows.delete(key, this.version + 1, this.now())) return;
    this.touch(host, rows);
  }

  /** A container runs (again). */
  revive(host: string, id: string): void {
    this.ended.delete(containerKey(host, id));
  }

  /** The host is down: none of its rows is true any more. */
  endHost(host: string): void {
    const rows = this.hosts.get(host);
    if (!rows || rows.rows.size === 0) return;
    for (const key of [...rows.rows.keys()]) rows.rows.delete(key, this.version + 1, this.now());
    this.touch(host, rows);
  }

  /** Nobody follows the host any more: what is here would grow old unseen. */
  forget(host: string): void {
    const rows = this.hosts.get(host);
    if (!rows) return;
    rows.rows.clear(this.version);
    rows.arrivedAt = 0;
  }

  /** A sweep of this host has been asked for: views of it are not warm until it comes or `giveUp` is called. */
  await(host: string): void {
    this.awaited.add(host);
  }

  giveUp(host: string): void {
    if (this.awaited.delete(host)) this.notify(host);
  }

  awaits(host: string): boolean {
    return this.awaited.has(host);
  }

  get awaitsAny(): boolean {
    return this.awaited.size > 0;
  }

  /** Hears of changes of one host. */
  watch(host: string, listener: () => void): () => void {
    const watchers = this.perHost.get(host) ?? new Watchers();
    this.perHost.set(host, watchers);
    const stop = watchers.add(listener);
    return () => {
      stop();
      if (watchers.size === 0) this.perHost.delete(host);
    };
  }

  private admit(host: string): HostRows | undefined {
    if (this.hosts.size >= MAX_HOSTS) return undefined;
    const rows = { version: 0, takenAt: 0, t: 0, arrivedAt: 0, intervalMs: 0, rows: new VersionedItems() };
    this.hosts.set(host, rows);
    return rows;
  }

  private replaceRows(host: HostRows, sweep: StatsSweep, now: number): void {
    const seen = new Set<string>();
    for (const row of sweep.rows) {
      const key = containerKey(sweep.host, row[0]);
      if (!host.rows.has(key) && !CONTAINER_ID.test(row[0])) continue;
      if (this.ended.size > 0 && sweep.t <= (this.ended.get(key)?.t ?? -1)) continue;
      seen.add(key);
      host.rows.set(key, encodedRow(key, row), this.version);
    }
    if (seen.size === host.rows.size) return;
    for (const key of [...host.rows.keys()]) if (!seen.has(key)) host.rows.delete(key, this.version, now);
  }

  private touch(name: string, host: HostRows): void {
    this.version += 1;
    host.version = this.version;
    this.notify(name);
  }

  private notify(host: string): void {
    this.perHost.get(host)?.notify();
    this.everything.notify();
  }
}

/** A row is always complete: figures that it lacks are unknown. */
function encodedRow(key: string, row: readonly (string | number | null)[]): string {
  let text = `["${key}"`;
  for (let at = 1; at <= STAT_COLS.length; at += 1) text += `,${row[at] ?? null}`;
  return `${text}]`;
}
