import { DestroyRef, inject, Service } from '@angular/core';
import type { AlertMessage } from '@deckwatch/contracts';
import { bufferTime, filter } from 'rxjs';
import { Connection } from '../core/connection.ts';
import { isAlertNews } from '@deckwatch/contracts/wire';
import { AlertStore } from '../core/stores/alert-store.ts';
import { ToastQueue, type Toast } from '../ui/toast-queue.ts';

const TTL_MS = 10_000;
const BURST_MS = 300;
const NEWS_MS = 60_000;
/** More than so many at once are told as one. */
const SINGLY = 2;

/** Tells of alerts that fire, lose their data or are over. */
@Service()
export class AlertNotices {
  private readonly connection = inject(Connection);
  private readonly queue = inject(ToastQueue);
  private readonly store = inject(AlertStore);
  private readonly destroyed = inject(DestroyRef);

  follow(): void {
    const following = this.store.arrivals$
      .pipe(
        filter((alert) => isAlertNews(alert) && !isQuiet(alert) && this.isNews(alert)),
        bufferTime(BURST_MS),
        filter((burst) => burst.length > 0),
      )
      .subscribe((burst) => this.tell(burst));
    this.destroyed.onDestroy(() => following.unsubscribe());
  }

  private tell(burst: AlertMessage[]): void {
    const over = burst.filter((alert) => alert.state === 'resolved');
    const began = burst.filter((alert) => alert.state !== 'resolved');
    for (const group of [over, began]) {
      if (group.length > SINGLY) this.queue.show(toastOfMany(group));
      else for (const alert of group) this.queue.show(toastOf(alert));
    }
  }

  private isNews(alert: AlertMessage): boolean {
    return Date.now() + this.connection.skewMs() - alert.t < NEWS_MS;
  }
}

function isQuiet(alert: AlertMessage): boolean {
  return alert.inhibitedBy !== null || (alert.silencedBy ?? []).length > 0;
}

function toastOf(alert: AlertMessage): Toast {
  const over = alert.state === 'resolved';
  return {
    key: `alert:${alert.id}`,
    tone: over ? 'good' : toneOf(alert),
    icon: over ? 'check' : 'alert',
    title: `${over ? 'Resolved: ' : alert.state === 'nodata' ? 'No data: ' : ''}${alert.rule.name}`,
    body: over ? alert.target.name : alert.message,
    ttlMs: TTL_MS,
  };
}

function toastOfMany(alerts: AlertMessage[]): Toast {
  const over = alerts[0]?.state === 'resolved';
  const critical = alerts.find((alert) => alert.severity === 'critical');
  const names = [...new Set(alerts.map((alert) => alert.target.name))];
  return {
    key: over ? 'alerts:resolved' : 'alerts:firing',
    tone: over ? 'good' : critical ? 'bad' : 'warn',
    icon: over ? 'check' : 'alert',
    title: `${alerts.length} alerts ${over ? 'resolved' : 'firing'}`,
    body: names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : ''),
    ttlMs: TTL_MS,
  };
}

function toneOf(alert: AlertMessage): Toast['tone'] {
  if (alert.severity === 'critical') return 'bad';
  return alert.severity === 'warning' ? 'warn' : 'info';
}
