import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { formatDuration } from '@deckwatch/contracts/wire';
import { Now } from '../../core/now.ts';
import { AlertStore } from '../../core/stores/alert-store.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { StatusDot } from '../../ui/status-dot.ts';
import { AlertActs } from './alert-acts.ts';
import { AlertHistory } from './alert-history.ts';
import { countsOf, groupByTarget, rowOf } from './alert-row.ts';
import { Loading } from '../../ui/loading.ts';

/** The alerts that stand, by what they are about, and all that were. */
@Component({
  selector: 'app-alerts-page',
  imports: [AlertActs, AlertHistory, EmptyState, Loading, RouterLink, StatusDot],
  templateUrl: './alerts-page.html',
  styleUrl: './alerts-page.css',
})
export class AlertsPage {
  private readonly now = inject(Now);
  protected readonly store = inject(AlertStore);

  private readonly active = computed(() => this.store.active().map(rowOf));
  protected readonly groups = computed(() => groupByTarget(this.active()));
  protected readonly counts = computed(() => countsOf(this.active()));

  protected lasting(since: number): string {
    return formatDuration(this.now.server() - since);
  }
}
