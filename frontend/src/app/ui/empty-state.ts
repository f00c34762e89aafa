import { Component, input } from '@angular/core';
import { Icon, type IconName } from './icon.ts';

/** What stands where there is nothing to show: why, and what to do about it. */
@Component({
  selector: 'ui-empty-state',
  imports: [Icon],
  template: `
    <ui-icon [name]="icon()" />
    <h2>{{ title() }}</h2>
    <p><ng-content /></p>
  `,
  styles: `
    :host {
      display: grid;
      justify-items: center;
      gap: 6px;
      padding: 48px 24px;
      text-align: center;
      color: var(--text-muted);
      --icon-size: 22px;
    }
    h2 {
      color: var(--text);
      font-size: var(--size-large);
    }
    p {
      max-width: 60ch;
    }
  `,
})
export class EmptyState {
  readonly icon = input<IconName>('info');
  readonly title = input.required<string>();
}
