import { Component, input, output } from '@angular/core';
import { Icon } from './icon.ts';

/** What stands where something could not be had: what, and a way to try again. */
@Component({
  selector: 'ui-error-state',
  imports: [Icon],
  host: { role: 'alert' },
  template: `
    <ui-icon name="alert" />
    <p><ng-content /></p>
    @if (canRetry()) {
      <button type="button" class="button" (click)="again.emit()">Try again</button>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
      padding: var(--space-3);
      color: var(--text-muted);
    }
    ui-icon {
      color: var(--warn);
    }
    .button {
      margin-left: auto;
      color: var(--text);
    }
  `,
})
export class ErrorState {
  readonly canRetry = input(true);
  readonly again = output();
}
