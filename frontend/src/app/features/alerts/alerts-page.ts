import { afterRenderEffect, Component, computed, effect, ElementRef, inject, signal, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { addressed } from '../../core/address.ts';
import { AlertStore } from '../../core/stores/alert-store.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { Loading } from '../../ui/loading.ts';
import { StatusDot } from '../../ui/status-dot.ts';
import { countsOf, rowOf } from './alert-row.ts';
import { FoundAlert } from './detail/found-alert.ts';
import { AlertHistory } from './history/alert-history.ts';
import { groupAlerts } from './now/alert-groups.ts';
import { AlertLine } from './now/alert-line.ts';
import { AlertTrails } from './now/alert-trails.ts';
import { KnownRules } from './now/known-rules.ts';
import { LiveFigures } from './now/live-figures.ts';
import { Reading, ReadingArea } from './now/reading.ts';
import { steady } from './now/steady.ts';

/** Of one rule on one host so many are shown, and the others when asked for. */
const FEW = 5;
const MOST = 200;

/** The alerts that stand, by host and rule, and all that were. */
@Component({
  selector: 'app-alerts-page',
  imports: [AlertHistory, AlertLine, EmptyState, FoundAlert, Loading, ReadingArea, RouterLink, StatusDot],
  providers: [AlertTrails, KnownRules, LiveFigures, Reading],
  templateUrl: './alerts-page.html',
  styleUrl: './alerts-page.css',
})
export class AlertsPage {
  private readonly figures = inject(LiveFigures);
  private readonly trails = inject(AlertTrails);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly store = inject(AlertStore);

  /** The one that is looked at closely, by its id. */
  protected readonly looked = addressed<string>({
    names: ['alert'],
    read: (params) => params.get('alert') ?? '',
    write: (alert) => (alert ? { alert } : {}),
  });
  private readonly alerts = steady(this.store.active, inject(Reading).on);
  private readonly unfolded = signal<ReadonlySet<string>>(new Set());
  protected readonly counts = computed(() => countsOf(this.store.active().map(rowOf)));
  protected readonly groups = computed(() =>
    groupAlerts(this.alerts()).map((host) => ({
      ...host,
      rules: host.rules.map((rule) => ({ ...rule, ...this.fold(rule.key, rule.rows) })),
    })),
  );
  /** The one that is looked at and stands no more, or never did. */
  protected readonly past = computed(() => {
    const id = this.looked.value();
    return id !== '' && this.store.feed.loaded() && !this.alerts().some((alert) => alert.id === id) ? id : null;
  });

  constructor() {
    effect(() => {
      const shown = this.groups().flatMap(({ rules }) => rules.flatMap(({ rows }) => rows.map(({ alert }) => alert)));
      untracked(() => {
        this.figures.show(shown);
        this.trails.show(shown);
      });
    });
    const there = computed(() => this.store.feed.loaded() && this.looked.value());
    afterRenderEffect(() => {
      if (there()) this.element.querySelector('app-alert-detail')?.scrollIntoView?.({ block: 'nearest' });
    });
  }

  protected look(id: string): void {
    this.looked.choose(this.looked.value() === id ? '' : id);
  }

  protected unfold(key: string): void {
    this.unfolded.update((keys) => new Set([...keys, key]));
  }

  private fold<R extends { alert: { id: string } }>(key: string, rows: R[]): { rows: R[]; more: number } {
    const most = this.unfolded().has(key) ? MOST : FEW;
    // One alone is not worth a button.
    if (rows.length <= most + 1) return { rows, more: 0 };
    const shown = rows.filter(({ alert }, index) => index < most || alert.id === this.looked.value());
    return { rows: shown, more: rows.length - shown.length };
  }
}
