import type { SessionEvent } from '@deckwatch/contracts';

interface Step {
  /** Since when, Unix ms by the gateway's clock. */
  t: number;
  active: number;
}

export const TRAIL_MS = 5 * 60_000;
const POINTS = 60;
/** A count comes once a second at most, and so do steps that are kept. */
const MOST_STEPS = 700;
const MOST_APPS = 500;

/** How the count of each app moved in the last five minutes: what it was and since when. */
export class CountTrail {
  private readonly byApp = new Map<string, Step[]>();

  /** A count of this moment, or of one that is not long past. */
  note(app: string, active: number, t: number): void {
    const steps = this.byApp.get(app) ?? [];
    const last = steps.at(-1);
    if (last && (t < last.t || active === last.active)) return;
    if (!last && this.byApp.size >= MOST_APPS) return;
    steps.push({ t, active });
    // The last step from before the span still holds at its beginning.
    while (steps.length > MOST_STEPS || (steps[1] && steps[1].t <= t - TRAIL_MS)) steps.shift();
    this.byApp.set(app, steps);
  }

  /**
   * Puts the past before what is known, from events that were read, the newest first.
   * @param since all events after this are among them, Unix ms
   */
  recall(events: readonly SessionEvent[], since: number): void {
    const older = Map.groupBy(events, ({ app }) => app);
    for (const [app, steps] of this.byApp) {
      const first = steps[0];
      if (!first || first.t <= since) continue;
      const past = (older.get(app) ?? [])
        .toReversed()
        .filter(({ t }) => t < first.t && t >= since)
        .sort((a, b) => a.t - b.t);
      const before = past[0] ? past[0].active - past[0].delta : first.active;
      const added = [{ t: since, active: before }, ...past.map(({ t, active }) => ({ t, active }))];
      this.byApp.set(app, [...added, ...steps].slice(-MOST_STEPS));
    }
  }

  /** The last five minutes up to `now`, oldest first; NaN where nothing is known. */
  values(app: string, now: number): Float32Array {
    const values = new Float32Array(POINTS).fill(NaN);
    const steps = this.byApp.get(app) ?? [];
    let at = -1;
    for (let point = 0; point < POINTS; point += 1) {
      const t = now - TRAIL_MS + ((point + 1) * TRAIL_MS) / POINTS;
      while (at + 1 < steps.length && (steps[at + 1]!.t <= t || point === POINTS - 1)) at += 1;
      if (at >= 0) values[point] = steps[at]!.active;
    }
    return values;
  }
}
