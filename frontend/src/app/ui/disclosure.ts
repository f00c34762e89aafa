import { Component, input } from '@angular/core';
import { Icon } from './icon.ts';

/** The button that opens and closes the details of a line. Its place gives it a name and margins. */
@Component({
  selector: 'button[ui-disclosure]',
  imports: [Icon],
  host: { type: 'button', '[attr.aria-expanded]': 'open()' },
  template: '<ui-icon name="forward" />',
  styles: `
    :host {
      display: grid;
      place-items: center;
      width: 24px;
      height: 24px;
      border-radius: var(--radius-small);
      color: var(--text-faint);
    }
    :host(:hover) {
      background: var(--surface-hover);
      color: var(--text);
    }
    :host([aria-expanded='true']) ui-icon {
      rotate: 90deg;
    }
    @media (pointer: coarse) {
      :host {
        width: var(--target);
        height: var(--target);
      }
    }
  `,
})
export class Disclosure {
  readonly open = input.required<boolean>();
}
