import type { SessionCount } from '@deckwatch/contracts';
import { MinuteCount } from './minute-count.ts';
import type { TargetIndex } from './target-index.ts';
import { aboutApp, newTarget, type Target } from './targets.ts';

/** How the sessions of all apps stand at a moment. */
export type SessionSample = Pick<SessionCount, 't' | 'byApp' | 'countedOnly' | 'unsure'>;

interface AppSum {
  readonly target: Target;
  active: number | null;
  created: MinuteCount;
  destroyed: MinuteCount;
  /** Whether its sessions are told one by one. */
  told: boolean;
}

export const APP_FORGOTTEN = 'the app is known no more';
/** More apps than that are not watched; the sessions service itself knows no more. */
const MAX_APPS = 10_000;

/** Apps as targets: how many sessions are active, and how many began and ended within the last minute. */
export class AppSessions {
  private readonly apps = new Map<string, AppSum>();
  /** Whether all events of the last minute are counted. */
  private eventsKnown = false;

  constructor(private readonly index: TargetIndex) {}

  /** An app that a rule or an alert names; where nobody has heard of it, it has no sessions. */
  ensure(app: string): AppSum | undefined {
    const present = this.apps.get(app);
    if (present || this.apps.size >= MAX_APPS) return present;
    const target = newTarget('sessions', app, aboutApp(app));
    const sum: AppSum = { target, active: null, created: new MinuteCount(), destroyed: new MinuteCount(), told: true };
    this.apps.set(app, sum);
    this.index.add(target);
    return sum;
  }

  /** Yields the apps whose figures are known. One that is counted no more has none, as long as somebody minds. */
  *sample({ byApp, countedOnly = [], unsure = [], t }: SessionSample): Generator<Target> {
    for (const app of Object.keys(byApp)) this.ensure(app);
    const [untold, doubtful] = [new Set(countedOnly), new Set(unsure)];
    for (const [app, sum] of [...this.apps]) {
      const counted = Object.hasOwn(byApp, app);
      if (!counted && !isMinded(sum.target)) {
        // The event of its first session may be here before the count.
        if (sum.created.at(t) + sum.destroyed.at(t) === 0) this.drop(sum);
      } else if (!doubtful.has(app)) {
        sum.active = counted ? byApp[app]! : 0;
        sum.told = !untold.has(app);
        yield sum.target;
      }
    }
  }

  /** A session began or ended. @param t when the log stored that, Unix milliseconds */
  event(app: string, what: 'created' | 'destroyed', t: number): void {
    this.ensure(app)?.[what].add(t);
  }

  /** false: events may be missing, so that how many began and ended is not known. */
  setEventsKnown(known: boolean): void {
    this.eventsKnown = known;
  }

  /** The log of events begins from scratch. */
  forgetEvents(): void {
    for (const sum of this.apps.values())
      Object.assign(sum, { created: new MinuteCount(), destroyed: new MinuteCount() });
  }

  /** null: not known. `t`: Unix milliseconds. */
  valueOf(target: Target, metric: string, t: number): number | null {
    const sum = this.apps.get(target.key);
    if (!sum) return null;
    if (metric === 'active') return sum.active;
    if (!this.eventsKnown || !sum.told) return null;
    return metric === 'created' ? sum.created.at(t) : metric === 'destroyed' ? sum.destroyed.at(t) : null;
  }

  /** Nobody counts any more. */
  clear(): void {
    for (const sum of [...this.apps.values()]) this.drop(sum);
  }

  private drop({ target }: AppSum): void {
    this.apps.delete(target.key);
    this.index.drop(target, APP_FORGOTTEN);
  }
}

/** Whether a rule names the app itself, or an alert of it lives. */
function isMinded({ key, watches }: Target): boolean {
  return watches.some(({ rule, track }) => track !== null || rule.rule.select.app === key);
}
