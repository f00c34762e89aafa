import { DestroyRef, inject, Service } from '@angular/core';
import { Router } from '@angular/router';
import type { AlertMessage } from '@deckwatch/contracts';
import { isAlertNews } from '@deckwatch/contracts/wire';
import { bufferTime, filter } from 'rxjs';
import { Connection } from '../core/connection.ts';
import { AlertStore } from '../core/stores/alert-store.ts';
import type { IconName } from '../ui/icon.ts';
import { ToastQueue, type Toast } from '../ui/toast-queue.ts';
import { Alarms } from './alarms.ts';

const TTL_MS = 10_000;
const BURST_MS = 300;
const NEWS_MS = 60_000;
/** More than so many that stand at once are told as one. */
const SINGLY = 2;
/** A burst names so many at most, and counts no further. */
const MOST = 1000;
const RANK = { critical: 0, warning: 1, info: 2 };

type Kind = 'began' | 'resolved';

/** Tells of alerts that fire, lose their data or are over. */
@Service()
export class AlertNotices {
  private readonly connection = inject(Connection);
  private readonly queue = inject(ToastQueue);
  private readonly store = inject(AlertStore);
  private readonly router = inject(Router);
  private readonly alarms = inject(Alarms);
  private readonly destroyed = inject(DestroyRef);
  /** What the toasts of a kind tell, as long as they stand. */
  private readonly told: Record<Kind, AlertMessage[]> = { began: [], resolved: [] };

  follow(): void {
    const news$ = this.store.arrivals$.pipe(
      filter((alert) => isAlertNews(alert) && !isQuiet(alert) && this.isNews(alert)),
    );
    const following = news$
      .pipe(
        bufferTime(BURST_MS),
        filter((burst) => burst.length > 0),
      )
      .subscribe((burst) => this.tell(burst));
    // Not with the bursts: the timers of a tab that nobody sees are slow.
    following.add(
      news$.pipe(filter(({ state }) => state !== 'resolved')).subscribe((alert) => this.alarms.ring(alert)),
    );
    this.destroyed.onDestroy(() => following.unsubscribe());
  }

  private tell(burst: AlertMessage[]): void {
    this.tellOf('resolved', burst.filter((alert) => alert.state === 'resolved')); // prettier-ignore
    this.tellOf('began', burst.filter((alert) => alert.state !== 'resolved')); // prettier-ignore
  }

  /** Those whose toasts still stand are told again with the new ones, where they are many together. */
  private tellOf(kind: Kind, news: AlertMessage[]): void {
    if (news.length === 0) return;
    const many = `alerts:${kind}`;
    const standing = this.queue.isVisible(many)
      ? this.told[kind]
      : this.told[kind].filter(({ id }) => this.queue.isVisible(keyOf(id)));
    const fresh = new Set(news.map(({ id }) => id));
    const all = [...standing.filter(({ id }) => !fresh.has(id)), ...news].slice(0, MOST);
    this.told[kind] = all;
    if (all.length <= SINGLY && !this.queue.isVisible(many)) {
      for (const alert of news) this.queue.show(this.toastOf(alert));
      return;
    }
    for (const { id } of all) this.queue.dismiss(keyOf(id));
    this.queue.show(this.toastOfMany(many, kind, all));
  }

  private isNews(alert: AlertMessage): boolean {
    return Date.now() + this.connection.skewMs() - alert.t < NEWS_MS;
  }

  private toastOf(alert: AlertMessage): Toast {
    const over = alert.state === 'resolved';
    return {
      key: keyOf(alert.id),
      tone: over ? 'good' : toneOf(alert),
      icon: over ? 'check' : iconOf(alert),
      title: `${over ? 'Resolved: ' : alert.state === 'nodata' ? 'No data: ' : ''}${alert.rule.name}`,
      body: over ? alert.target.name : alert.message,
      ttlMs: TTL_MS,
      open: () => void this.router.navigate(['/alerts'], { queryParams: { alert: alert.id } }),
    };
  }

  private toastOfMany(key: string, kind: Kind, alerts: AlertMessage[]): Toast {
    const worst = alerts.reduce((a, b) => (RANK[b.severity] < RANK[a.severity] ? b : a));
    const names = [...new Set(alerts.map((alert) => alert.target.name))];
    return {
      key,
      tone: kind === 'resolved' ? 'good' : toneOf(worst),
      icon: kind === 'resolved' ? 'check' : iconOf(worst),
      title: `${alerts.length}${alerts.length === MOST ? ' or more' : ''} alerts ${kind === 'began' ? 'began' : 'are over'}`,
      body: names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : ''),
      ttlMs: TTL_MS,
      open: () => void this.router.navigate(['/alerts']),
    };
  }
}

function keyOf(id: string): string {
  return `alert:${id}`;
}

function isQuiet(alert: AlertMessage): boolean {
  return alert.inhibitedBy !== null || (alert.silencedBy ?? []).length > 0;
}

function toneOf({ severity }: AlertMessage): Toast['tone'] {
  if (severity === 'critical') return 'bad';
  return severity === 'warning' ? 'warn' : 'info';
}

function iconOf({ severity }: AlertMessage): IconName {
  if (severity === 'critical') return 'alert';
  return severity === 'warning' ? 'bell' : 'info';
}
