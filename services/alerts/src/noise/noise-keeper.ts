import type { AlertMessage } from '@deckwatch/contracts';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { AlertDesk, Hush, Quiet } from '../lifecycle/alert-desk.ts';
import type { Selectable } from '../rules/compiled-rule.ts';
import type { SilenceSubject } from './silence-matcher.ts';

/** The silences that are on. */
export interface Silences {
  matching(subject: SilenceSubject): string[];
  /** When the next one begins or ends, Unix milliseconds; null: never. */
  nextChange(): number | null;
}

export interface NoiseKeeperOptions {
  clock: Clock;
  silences: Silences;
  /** What is known of a target; undefined: nothing. */
  about(kind: AlertMessage['target']['kind'], key: string): Partial<Selectable> | undefined;
}

export const NO_SILENCES: Silences = { matching: () => [], nextChange: () => null };
/**
 * How long after a host came back its alerts are still held back: its containers' samples come a moment later than its
 * own, and what they resolve need not be told.
 */
export const GRACE_MS = 5000;
/** Timers of Node end at 2^31 ms; a later one looks again then. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Gone {
  /** The alert that says so. */
  id: string;
  /** Set while the host is back and the grace runs. */
  grace?: Timer;
}

/**
 * Says of each alert which silences match it and which other alert stands in its place. A host that is gone (an alert
 * of it is `nodata`) stands in the place of all other alerts on it. All of it follows from the stored messages and the
 * silences, so a successor comes to the same.
 */
export class NoiseKeeper implements Hush {
  private readonly gone = new Map<string, Gone>();
  private desk?: AlertDesk;
  private timer?: Timer;

  constructor(private readonly options: NoiseKeeperOptions) {}

  /**
   * Begins with the alerts that the desk restored, or goes on with more of them: brings them in line with what holds now.
   * @param ofOthers how the alerts of other shards stand
   */
  activate(desk: AlertDesk, ofOthers: Iterable<AlertMessage>): void {
    this.desk = desk;
    const all = [...ofOthers, ...[...desk.live()].map(({ last }) => last)];
    for (const message of all) this.heard(message);
    this.refreshSilences();
    for (const { inhibitedBy, target, state } of all) {
      const { host } = target;
      if (state === 'resolved' || inhibitedBy === null || host === null || this.gone.has(host)) continue;
      // The host came back while nobody looked.
      this.gone.set(host, { id: inhibitedBy });
      this.beginGrace(host, inhibitedBy);
    }
    for (const [host, { id, grace }] of this.gone) if (!grace) this.markAll(host, id, (last) => last.id !== id);
  }

  deactivate(): void {
    this.desk = undefined;
    this.options.clock.clearTimeout(this.timer);
    for (const { grace } of this.gone.values()) this.options.clock.clearTimeout(grace);
    this.gone.clear();
  }

  /** Whether an alert says that the host is gone. */
  isGone(host: string): boolean {
    return this.gone.has(host);
  }

  quietOf(message: AlertMessage): Quiet {
    return { silencedBy: this.silencesOf(message), inhibitedBy: this.inhibitorOf(message) };
  }

  /** While nothing is evaluated here, what is held back stays so. */
  isQuiet(message: AlertMessage): boolean {
    if (!this.desk) return true;
    const { silencedBy, inhibitedBy } = this.quietOf(message);
    return silencedBy.length > 0 || inhibitedBy !== null;
  }

  heard({ state, id, target, inhibitedBy, change }: AlertMessage): void {
    const { host, kind } = target;
    if (kind !== 'host' || host === null || change === 'ack') return;
    if (state === 'nodata' && inhibitedBy === null) this.lose(host, id);
    else if (state === 'resolved') this.beginGrace(host, id);
  }

  /** Silences were changed, or one begins or ends now. */
  refreshSilences(): void {
    const { desk } = this;
    if (!desk) return;
    for (const track of [...desk.live()]) {
      const silencedBy = this.silencesOf(track.last);
      if (silencedBy.join() !== track.last.silencedBy.join())
        desk.mark(track, 'silence', { silencedBy }, this.options.clock.now());
    }
    this.wakeAtNextChange();
  }

  private wakeAtNextChange(): void {
    const { clock, silences } = this.options;
    clock.clearTimeout(this.timer);
    const next = silences.nextChange();
    if (next === null) return;
    const delay = Math.min(Math.max(1, next - clock.now()), LONGEST_TIMER_MS);
    this.timer = clock.setTimeout(() => this.refreshSilences(), delay);
  }

  private silencesOf(alert: AlertMessage): string[] {
    return this.options.silences.matching({ alert, about: this.options.about(alert.target.kind, alert.target.key) });
  }

  private inhibitorOf({ id, target, state }: AlertMessage): string | null {
    const gone = target.host === null ? undefined : this.gone.get(target.host);
    if (!gone || gone.id === id) return null;
    // Of a host that is gone there is one alert; that it is back is for all to know at once.
    return target.kind === 'host' && gone.grace !== undefined && state !== 'resolved' ? null : gone.id;
  }

  private lose(host: string, id: string): void {
    const before = this.gone.get(host);
    if (before?.id === id) return;
    this.options.clock.clearTimeout(before?.grace);
    this.gone.set(host, { id });
    this.markAll(host, id, (last) => last.id !== id);
  }

  private beginGrace(host: string, id: string): void {
    const gone = this.gone.get(host);
    if (gone?.id !== id || gone.grace !== undefined) return;
    gone.grace = this.options.clock.setTimeout(() => {
      this.gone.delete(host);
      this.markAll(host, null, (last) => last.inhibitedBy === id);
    }, GRACE_MS);
  }

  private markAll(host: string, inhibitedBy: string | null, wanted: (last: AlertMessage) => boolean): void {
    const { desk } = this;
    for (const track of [...(desk?.live() ?? [])]) {
      const { last } = track;
      if (last.target.host === host && last.inhibitedBy !== inhibitedBy && wanted(last))
        desk!.mark(track, 'inhibit', { inhibitedBy }, this.options.clock.now());
    }
  }
}
