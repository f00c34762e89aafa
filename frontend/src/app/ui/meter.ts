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
  },
  template: `<span [style.transform]="scale()"></span>`,
  styles: `
    :host {
      display: block;
      height: var(--meter-height, 4px);
      border-radius: 2px;
      overflow: hidden;
      background: var(--surface-sunken);
      forced-color-adjust: none;
    }
    span {
      display: block;
      height: 100%;
      border-radius: inherit;
      background: var(--meter);
      transform-origin: left;
    }
    :host(.high) span {
      background: var(--warn-dot);
    }
    :host(.full) span {
      background: var(--bad-dot);
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
  protected readonly scale = computed(() => `scaleX(${this.share().toFixed(4)})`);
}
