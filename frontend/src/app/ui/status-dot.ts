import { Component, input } from '@angular/core';
import type { Tone } from './tone.ts';

/** A dot whose colour says how something is. The text for those who don't see it stands beside it or in `label`. */
@Component({
  selector: 'ui-status-dot',
  host: {
    '[class]': 'tone()',
    '[class.hollow]': 'hollow()',
    '[class.breathing]': 'breathing()',
    '[attr.role]': "label() ? 'img' : null",
    '[attr.aria-label]': 'label() || null',
  },
  template: '',
  styles: `
    :host {
      --dot: var(--idle-dot);
      position: relative;
      display: inline-block;
      flex: none;
      width: 8px;
      height: 8px;
      border-radius: 50%;
      background: var(--dot);
      /* Its colour is what it says: chosen colours of the system would take it away. */
      forced-color-adjust: none;
    }
    :host(.good) {
      --dot: var(--good-dot);
    }
    :host(.warn) {
      --dot: var(--warn-dot);
    }
    :host(.bad) {
      --dot: var(--bad-dot);
    }
    :host(.info) {
      --dot: var(--accent);
    }
    :host(.hollow) {
      background: none;
      box-shadow: inset 0 0 0 1.75px var(--dot);
    }
    :host(.breathing)::after {
      content: '';
      position: absolute;
      inset: 0;
      border-radius: 50%;
      background: var(--dot);
      animation: breathe 2.4s ease-out infinite;
    }
    @keyframes breathe {
      from {
        opacity: 0.5;
        transform: scale(1);
      }
      70%,
      to {
        opacity: 0;
        transform: scale(2.4);
      }
    }
  `,
})
export class StatusDot {
  readonly tone = input.required<Tone>();
  readonly hollow = input(false);
  readonly breathing = input(false);
  readonly label = input('');
}
