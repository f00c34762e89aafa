import type { Host, HostReport, HostStatus } from '@deckwatch/contracts';
import type { ItemBoard } from './item-board.ts';

const STALE_INTERVALS = 3;
const DOWN_INTERVALS = 5;
const DOWN_MS = 10_000;
/** What a collector that is being stopped still says does not bring its host back. */
const DEAF_MS = 5000;
/** Far beyond one installation, so that a flood of names ends somewhere. */
const MAX_HOSTS = 5000;

/** A host's status by the time since its last report came, in milliseconds. */
export function hostStatus(silentMs: number, intervalMs: number): HostStatus {
  if (silentMs >= Math.max(DOWN_MS, DOWN_INTERVALS * intervalMs)) return 'down';
  return silentMs >= STALE_INTERVALS * intervalMs ? 'stale' : 'up';
}

/** Keeps the topic `hosts`: the last report of each host, and whether it still reports. */
export class HostRegister {
  private readonly heard = new Map<string, number>();
  private readonly forgotten = new Map<string, number>();
  /** Reports from before this gateway was there, until the host reports or is down. */
  private readonly remembered = new Map<string, HostReport>();

  constructor(
    private readonly board: ItemBoard<Host>,
    private readonly now: () => number,
    private readonly onChange: (host: Host, before: Host | undefined) => void,
  ) {}

  report(report: HostReport): void {
    const before = this.board.get(report.host);
    if (!before && (this.board.size >= MAX_HOSTS || this.forgotten.has(report.host))) return;
    this.heard.set(report.host, this.now());
    this.remembered.delete(report.host);
    this.put({ ...report, key: report.host, status: 'up' }, before);
  }

  /** What was kept of a host: it is shown as down, unless it reports in the time after which it would be. */
  remember(report: HostReport): void {
    const { host } = report;
    if (this.board.get(host) || this.remembered.has(host) || this.forgotten.has(host)) return;
    if (this.board.size + this.remembered.size >= MAX_HOSTS) return;
    this.remembered.set(host, report);
    this.heard.set(host, this.now());
  }

  /** Looks who has fallen silent; to be called a few times a second. */
  look(): void {
    const now = this.now();
    for (const [key, at] of this.forgotten) if (now - at > DEAF_MS) this.forgotten.delete(key);
    for (const report of this.remembered.values()) this.giveUp(report);
    for (const host of this.board.all()) {
      const status = hostStatus(now - (this.heard.get(host.key) ?? now), host.intervalMs);
      if (status !== host.status) this.put({ ...host, status }, host);
    }
  }

  forget(key: string): void {
    this.heard.delete(key);
    this.remembered.delete(key);
    this.forgotten.set(key, this.now());
    this.board.remove(key);
  }

  private giveUp(report: HostReport): void {
    const silentMs = this.now() - (this.heard.get(report.host) ?? 0);
    if (hostStatus(silentMs, report.intervalMs) !== 'down') return;
    this.remembered.delete(report.host);
    this.put({ ...report, key: report.host, status: 'down' }, undefined);
  }

  private put(host: Host, before: Host | undefined): void {
    this.board.put(host);
    if (before?.status !== host.status || before.demo !== host.demo) this.onChange(host, before);
  }
}
