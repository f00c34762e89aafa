import type { SessionCount, SessionEvent } from '@deckwatch/contracts';
import type { ValueBoard } from './value-board.ts';

function sameCounts(before: SessionCount, after: SessionCount): boolean {
  const apps = Object.keys(after.byApp);
  if (before.active !== after.active || apps.length !== Object.keys(before.byApp).length) return false;
  if (JSON.stringify(before.runsOn) !== JSON.stringify(after.runsOn)) return false;
  return apps.every((app) => before.byApp[app] === after.byApp[app]);
}

/** Keeps the topic `sessions.count`: a first count by request, then what each event says of its app. */
export class SessionCounter {
  private byApp = new Map<string, number>();
  /** When each app was last heard of in an event; a count taken before that does not undo it. */
  private readonly heard = new Map<string, number>();
  private counted = false;
  private runsOn: SessionCount['runsOn'] = [];

  constructor(private readonly board: ValueBoard<SessionCount>) {}

  /** A count of everything, asked for at `askedAt` (own clock). */
  count(count: SessionCount, askedAt: number): void {
    const before = this.byApp;
    this.byApp = new Map(Object.entries(count.byApp));
    for (const [app, at] of this.heard) if (at >= askedAt && before.has(app)) this.byApp.set(app, before.get(app)!);
    this.heard.clear();
    this.counted = true;
    this.runsOn = count.runsOn;
    this.publish(count.t);
  }

  event({ app, active, t }: SessionEvent, now: number): void {
    this.byApp.set(app, active);
    if (this.counted) this.publish(t);
    this.heard.set(app, now);
  }

  private publish(t: number): void {
    const active = [...this.byApp.values()].reduce((sum, count) => sum + count, 0);
    this.board.set({ active, byApp: Object.fromEntries(this.byApp), runsOn: this.runsOn, t }, sameCounts);
  }
}
