import { Component, computed, input } from '@angular/core';

/** Lines that stand where a list will be: its shape is known, its content is on the way. */
@Component({
  selector: 'ui-loading',
  host: { role: 'status', '[attr.aria-label]': "'Loading ' + what()" },
  template: `@for (line of lines(); track line) {
    <span></span>
  }`,
  styles: `
    :host {
      display: grid;
      padding: 0 var(--space-3);
    }
    span {
      height: var(--row);
      border-bottom: 1px solid var(--line);
      background: linear-gradient(90deg, var(--surface-sunken), var(--surface-hover)) no-repeat left center / 32% 10px;
      animation: pulse 1.4s ease-in-out infinite alternate;
    }
    span:nth-child(even) {
      background-size: 24% 10px;
    }
    span:last-child {
      border-bottom: 0;
    }
    @keyframes pulse {
      from {
        opacity: 0.5;
      }
    }
  `,
})
export class Loading {
  /** What is on the way, for those who don't see it: "containers". */
  readonly what = input.required<string>();
  readonly rows = input(3);
  protected readonly lines = computed(() => Array.from({ length: this.rows() }, (_, index) => index));
}
