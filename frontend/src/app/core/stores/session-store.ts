import { computed, Service } from '@angular/core';
import type { AppPlace, Container, SessionCount, SessionEvent } from '@deckwatch/contracts';
import { activeOn, appsOn, type Placed } from '@deckwatch/contracts/wire';
import { Subject } from 'rxjs';
import { isRecord } from '../frames.ts';
import type { TopicMessage } from '../topic-entry.ts';
import { CountTrail } from './count-trail.ts';
import { Feed } from './feed.ts';

const MOST_EVENTS = 50;
const NO_PLACES: readonly AppPlace[] = [];

/** How many sessions there are, and the last that began and ended. */
@Service()
export class SessionStore {
  private readonly arrivals = new Subject<SessionEvent>();
  private counted: SessionCount | null = null;
  private latest: SessionEvent[] = [];
  /** How the counts moved in the last minutes. */
  readonly trail = new CountTrail();
  readonly countFeed = new Feed('sessions.count', (message) => this.applyCount(message));
  readonly eventFeed = new Feed('sessions.events', (message, source) => this.applyEvent(message, source));

  readonly count = computed(() => (this.countFeed.version(), this.counted));
  /** Those that began and ended, newest first. Mere signs of life would push them out. */
  readonly events = computed(() => (this.eventFeed.version(), this.latest));
  /** Each event as it happens, signs of life included; not what a snapshot repeats. */
  readonly arrivals$ = this.arrivals.asObservable();

  /** Which containers serve which app. */
  readonly places = computed(() => this.count()?.runsOn ?? NO_PLACES, { equal: sameList });

  /** How many are active on a container; nobody is on one that does not run. null: it is not known to serve any app. */
  peopleOn(container: Placed & Pick<Container, 'state'>): number | null {
    const count = this.count();
    const active = count && activeOn(count, container);
    return active !== null && container.state !== 'running' ? 0 : active;
  }

  /** The apps that a container serves, with how many are active in each. */
  appsOn(container: Placed): { app: string; active: number }[] {
    const count = this.count();
    return count ? appsOn(count.runsOn, container).map((app) => ({ app, active: count.byApp[app] ?? 0 })) : [];
  }

  private applyCount({ data }: TopicMessage): void {
    const { active, byApp, runsOn, t } = data;
    if (typeof active !== 'number') return;
    const counts = isRecord(byApp) ? Object.entries(byApp).filter(([, count]) => typeof count === 'number') : [];
    const apps = Object.fromEntries(counts) as Record<string, number>;
    const places = Array.isArray(runsOn) ? (runsOn as unknown[]).filter(isPlace) : [];
    this.counted = { active, byApp: apps, runsOn: places, t: typeof t === 'number' ? t : Date.now() };
    for (const [app, count] of Object.entries(apps)) this.trail.note(app, count, this.counted.t);
  }

  private applyEvent({ kind, data }: TopicMessage, source: string): void {
    if (kind === 'event') {
      if (!isSessionEvent(data)) return;
      this.trail.note(data.app, data.active, data.t);
      if (data.event !== 'updated') this.latest = [data, ...this.latest].slice(0, MOST_EVENTS);
      if (source === 'live') this.arrivals.next(data);
      return;
    }
    const items = data['items'];
    if (!Array.isArray(items)) return;
    const events = (items as unknown[]).filter(isSessionEvent).filter(({ event }) => event !== 'updated');
    this.latest = events.sort((a, b) => b.t - a.t);
  }
}

export function isSessionEvent(item: unknown): item is SessionEvent {
  if (!isRecord(item)) return false;
  return [item['app'], item['id'], item['event']].every((f) => typeof f === 'string') && typeof item['t'] === 'number';
}

function isPlace(item: unknown): item is AppPlace {
  return isRecord(item) && [item['app'], item['project'], item['service']].every((f) => typeof f === 'string');
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
