import { DestroyRef, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import type { AlertMessage } from '@deckwatch/contracts';
import { catchError, EMPTY, Subscription } from 'rxjs';
import { Connection } from '../../../core/connection.ts';
import { isRecord } from '../../../core/frames.ts';
import { Now } from '../../../core/now.ts';
import { Rest } from '../../../core/rest.ts';
import { SessionStore } from '../../../core/stores/session-store.ts';
import { isStatCol, LiveFigures } from './live-figures.ts';
import { Trail, TRAIL_MS } from './trail.ts';

const MOST_KEYS = 200;

/**
 * How the figures of the alerts on screen moved in the last minutes: of containers the history knows what was before,
 * of hosts and services it is what came since the page was opened. One a page.
 */
@Injectable()
export class AlertTrails {
  private readonly figures = inject(LiveFigures);
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  private readonly sessions = inject(SessionStore);
  private readonly changes = signal(0);
  private readonly shown = signal<readonly AlertMessage[]>([]);
  private readonly trails = new Map<string, Trail>();
  /** Whose past was asked for. */
  private readonly asked = new Set<string>();
  private reading = new Subscription();

  constructor() {
    effect(() => {
      this.figures.version();
      const shown = this.shown();
      untracked(() => this.take(shown));
    });
    // After a break the history knows what was missed.
    const live = toObservable(inject(Connection).live).subscribe((isLive) => {
      if (!isLive) return;
      this.asked.clear();
      this.ask(untracked(this.shown));
    });
    inject(DestroyRef).onDestroy(() => {
      live.unsubscribe();
      this.reading.unsubscribe();
    });
  }

  /** The alerts on screen. */
  show(alerts: readonly AlertMessage[]): void {
    const kept = new Set(alerts.map(({ id }) => id));
    for (const id of [...this.trails.keys()]) if (!kept.has(id)) this.trails.delete(id);
    for (const id of [...this.asked]) if (!kept.has(id)) this.asked.delete(id);
    this.shown.set(alerts);
    this.ask(alerts);
  }

  /** The last five minutes, oldest first; null where its figure does not move by itself. */
  of({ id, metric, target }: AlertMessage): Float32Array | null {
    this.changes();
    if (metric === null) return null;
    if (target.kind === 'sessions') return metric === 'active' ? this.sessions.trail.values(target.key, this.now.server()) : null; // prettier-ignore
    return this.trails.get(id)?.read() ?? null;
  }

  private take(shown: readonly AlertMessage[]): void {
    const now = this.now.server();
    for (const alert of shown) {
      const value = this.figures.of(alert);
      if (value !== null) this.trailOf(alert.id).put(now, value);
    }
    this.changes.update((count) => count + 1);
  }

  private trailOf(id: string): Trail {
    let trail = this.trails.get(id);
    if (!trail) this.trails.set(id, (trail = new Trail()));
    return trail;
  }

  private ask(alerts: readonly AlertMessage[]): void {
    const fresh = alerts.filter(({ id, metric, target }) => {
      return target.kind === 'container' && storedAs(metric) !== null && !this.asked.has(id);
    });
    for (const [metric, wanted] of Map.groupBy(fresh, (alert) => storedAs(alert.metric))) {
      for (let at = 0; at < wanted.length; at += MOST_KEYS) this.askFor(metric!, wanted.slice(at, at + MOST_KEYS));
    }
  }

  private askFor(metric: string, wanted: readonly AlertMessage[]): void {
    wanted.forEach(({ id }) => this.asked.add(id));
    const keys = [...new Set(wanted.map(({ target }) => target.key))].map(encodeURIComponent).join(',');
    const answer$ = this.rest.get(`/containers/history?metric=${metric}&points=${TRAIL_MS / 1000}&keys=${keys}`);
    this.reading.add(answer$.pipe(catchError(() => EMPTY)).subscribe((answer) => this.fill(answer, wanted)));
  }

  private fill(answer: unknown, wanted: readonly AlertMessage[]): void {
    if (!isRecord(answer) || !isRecord(answer['series'])) return;
    const { from, resolutionMs, series } = answer;
    if (typeof from !== 'number' || typeof resolutionMs !== 'number') return;
    for (const alert of wanted) {
      const past = (series as Record<string, unknown>)[alert.target.key];
      if (!this.asked.has(alert.id) || !Array.isArray(past)) continue;
      this.trailOf(alert.id).fill(from, resolutionMs, past.map(this.inItsUnit(alert)));
    }
    this.changes.update((count) => count + 1);
  }

  /** A share is kept as bytes, of which the whole is known now. */
  private inItsUnit({ metric, target }: AlertMessage): (value: unknown) => number | null {
    const whole = metric === 'memPercent' ? (this.figures.wholeOf(target) ?? NaN) / 100 : 1;
    return (value) => (typeof value === 'number' && Number.isFinite(value / whole) ? value / whole : null);
  }
}

/** Under which name the history keeps a metric; null: it does not. */
function storedAs(metric: string | null): string | null {
  if (metric === 'memPercent') return 'mem';
  return metric !== null && metric !== 'memLimit' && isStatCol(metric) ? metric : null;
}
