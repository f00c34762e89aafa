import { Component, computed, inject, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { formatDuration } from '@deckwatch/contracts/wire';
import { Now } from '../../../core/now.ts';
import { Disclosure } from '../../../ui/disclosure.ts';
import { Sparkline } from '../../../ui/sparkline.ts';
import { StatusDot } from '../../../ui/status-dot.ts';
import { agoOf } from '../../events/ago.ts';
import { AlertActs } from '../alert-acts.ts';
import type { AlertRow } from '../alert-row.ts';
import { formatMetric } from '../alert-words.ts';
import { AlertDetail } from '../detail/alert-detail.ts';
import { AlertTrails } from './alert-trails.ts';
import { KnownRules } from './known-rules.ts';
import { LiveFigures } from './live-figures.ts';

/** An alert that stands: what it is about, how that moves against the threshold, since when, and what to do about it. */
@Component({
  selector: 'app-alert-line',
  imports: [AlertActs, AlertDetail, Disclosure, RouterLink, Sparkline, StatusDot],
  host: { '[class.over]': "row().alert.state === 'resolved'" },
  templateUrl: './alert-line.html',
  styleUrl: './alert-line.css',
})
export class AlertLine {
  private readonly now = inject(Now);
  private readonly figures = inject(LiveFigures);
  private readonly trails = inject(AlertTrails);
  private readonly rules = inject(KnownRules);
  readonly row = input.required<AlertRow>();
  readonly open = input(false);
  readonly toggled = output();

  /** What its line is drawn against; of a change there is no level. */
  protected readonly threshold = computed(() => {
    const { metric, rule, threshold } = this.row().alert;
    const condition = this.rules.get(rule.id)?.condition;
    return metric === null || (condition && 'change' in condition) ? null : threshold;
  });
  private readonly live = computed(() => {
    this.figures.version();
    return this.figures.of(this.row().alert);
  });
  protected readonly figure = computed(() => {
    const { metric, value } = this.row().alert;
    const threshold = this.threshold();
    if (metric === null) return null;
    return {
      now: formatMetric(metric, this.live() ?? value),
      isPast: this.live() === null,
      against: threshold === null ? '' : `/ ${formatMetric(metric, threshold)}`,
    };
  });
  protected readonly trail = computed(() => this.trails.of(this.row().alert));
  protected readonly lasting = computed(() => {
    const { since, state } = this.row().alert;
    return state === 'resolved' ? 'over' : `for ${formatDuration(Math.max(0, this.now.server() - since))}`;
  });
  protected readonly known = computed(() => {
    const { ack } = this.row().alert;
    return ack && `${ack.by}${ack.note ? `: ${ack.note}` : ' knows of it'}, ${agoOf(this.now.server() - ack.at)}`;
  });
}
