import { storedSince, type Bus } from '@deckwatch/bus';
import { STREAMS, subjects, type SessionImpact } from '@deckwatch/contracts';
import { readEvent } from './session-events.ts';

export interface Moment {
  apps: readonly string[];
  /** Unix ms. */
  at: number;
}

/** For so long after the moment ends count as its consequence. */
export const WITHIN_MS = 10_000;
/** Broker and services may tell the time a little differently. */
const EARLY_MS = 5000;
/** An event may be stored so long after it happened; what was found before that may still change. */
const LATE_MS = 5000;
const MOST_EVENTS = 20_000;
const REMEMBERED = 1000;

/**
 * Who was on an app when something failed, and how many of them were gone soon after, read from the log of session
 * events. What can't change any more is remembered.
 */
export class ImpactDesk {
  private readonly known = new Map<string, SessionImpact | null>();

  constructor(
    private readonly bus: Bus,
    private readonly countOf: (app: string) => Promise<number>,
    private readonly now: () => number,
  ) {}

  /** null: the log does not reach back so far. */
  async impact({ apps, at }: Moment): Promise<SessionImpact | null> {
    const key = `${at} ${apps.join()}`;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const found = (await this.reaches(at)) ? await this.read(apps, at) : null;
    if (this.now() > at + WITHIN_MS + LATE_MS) this.remember(key, found);
    return found;
  }

  private async read(apps: readonly string[], at: number): Promise<SessionImpact> {
    const impact: SessionImpact = { apps: [...apps], before: 0, gone: 0, withinMs: WITHIN_MS };
    for (const app of apps) {
      const { before, gone } = await this.readApp(app, at);
      impact.before += before;
      impact.gone += gone;
    }
    return impact;
  }

  private async readApp(app: string, at: number): Promise<{ before: number; gone: number }> {
    let before: number | undefined;
    let gone = 0;
    let looked = 0;
    const query = { since: at - EARLY_MS, subject: subjects.session(app, '*') };
    for await (const message of storedSince(this.bus, STREAMS.SESSIONS.name, query)) {
      const event = readEvent(() => message.json());
      if (!event) continue;
      if (event.t < at) {
        before = event.active;
        continue;
      }
      before ??= event.active - event.delta;
      if (event.t >= at + WITHIN_MS || (looked += 1) > MOST_EVENTS) break;
      if (event.event === 'destroyed') gone += 1;
    }
    // Nothing has happened since: it is as it was.
    return { before: Math.max(0, before ?? (await this.countOf(app))), gone };
  }

  /** Whether everything since `at` is still in the log. */
  private async reaches(at: number): Promise<boolean> {
    const { state } = await this.bus.jsm.streams.info(STREAMS.SESSIONS.name);
    return state.first_seq <= 1 || at - EARLY_MS >= Date.parse(String(state.first_ts));
  }

  private remember(key: string, impact: SessionImpact | null): void {
    this.known.set(key, impact);
    const oldest = this.known.keys().next();
    if (this.known.size > REMEMBERED && !oldest.done) this.known.delete(oldest.value);
  }
}
