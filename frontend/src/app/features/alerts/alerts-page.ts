import { Component, computed, inject } from '@angular/core';
import type { AlertMessage } from '@deckwatch/contracts';
import { formatDuration } from '@deckwatch/contracts/wire';
import { Now } from '../../core/now.ts';
import { AlertStore, isTransition } from '../../core/stores/alert-store.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { StatusDot } from '../../ui/status-dot.ts';
import { severityTone, STATE_WORDS, valueWords } from './alert-words.ts';

/** The alerts that stand, and what became of the others since the page was opened. */
@Component({
  selector: 'app-alerts-page',
  imports: [EmptyState, StatusDot],
  templateUrl: './alerts-page.html',
  styleUrl: './alerts-page.css',
})
export class AlertsPage {
  private readonly now = inject(Now);
  protected readonly store = inject(AlertStore);

  protected readonly active = computed(() =>
    this.store.active().map((alert) => ({
      ...this.describe(alert),
      lasting: formatDuration(this.now.server() - alert.since),
    })),
  );
  protected readonly recent = computed(() =>
    this.store
      .recent()
      .filter(isTransition)
      .map((alert) => ({
        ...this.describe(alert),
        key: `${alert.id}:${alert.seq}`,
        ago: formatDuration(this.now.server() - alert.t),
      })),
  );

  private describe(alert: AlertMessage) {
    const over = alert.state === 'resolved';
    return {
      alert,
      tone: over ? ('good' as const) : severityTone(alert.severity),
      hollow: alert.state === 'pending' || alert.state === 'nodata',
      state: STATE_WORDS[alert.state] ?? alert.state,
      value: valueWords(alert),
      quiet: alert.ack
        ? 'acknowledged'
        : (alert.silencedBy ?? []).length > 0
          ? 'silenced'
          : alert.inhibitedBy
            ? 'inhibited'
            : '',
    };
  }
}
