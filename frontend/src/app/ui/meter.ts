import { Component, computed, input } from '@angular/core';

const HIGH = 0.8;
const FULL = 0.92;

/** A thin bar for a share from 0 to 1; the figure itself stands beside it as text. */
@Component({
  selector: 'ui-meter',
  host: {
    'aria-hidden': 'true',
    '[class.high]': 'alarming() && share() >= high',
    '[class.full]': 'alarming() && share() >= full',
    '[style.background-size]': 'filled()',
  },
  template: '',
  styles: `
    :host {
      display: block;
      height: var(--meter-height, 4px);
      border-radius: 2px;
      background: linear-gradient(var(--bar, var(--meter)) 0 0) left / 0 no-repeat var(--surface-sunken);
      forced-color-adjust: none;
    }
    :host(.high) {
      --bar: var(--warn-dot);
    }
    :host(.full) {
      --bar: var(--bad-dot);
    }
  `,
})
export class Meter {
  readonly value = input.required<number | null>();
  /** Whether a nearly full bar is something to worry about. */
  readonly alarming = input(true);
  protected readonly high = HIGH;
  protected readonly full = FULL;
  protected readonly share = computed(() => Math.min(1, Math.max(0, this.value() ?? 0)));
  protected readonly filled = computed(() => `${(this.share() * 100).toFixed(1)}% 100%`);
}
