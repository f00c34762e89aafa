import { Component, inject } from '@angular/core';
import { Shortcuts } from '../core/shortcuts.ts';
import { Keys } from '../ui/keys.ts';

/** While the second of two keys is awaited: what it may be. */
@Component({
  selector: 'app-second-key',
  imports: [Keys],
  host: { role: 'status' },
  template: `@if (shortcuts.pending(); as pending) {
    <ul>
      @for (shortcut of pending; track shortcut.keys) {
        <li><ui-keys [keys]="shortcut.keys.split(' ')[1]!" /> {{ shortcut.does }}</li>
      }
    </ul>
  }`,
  styles: `
    ul {
      position: fixed;
      bottom: var(--space-4);
      left: 50%;
      z-index: 25;
      display: flex;
      flex-wrap: wrap;
      gap: 4px var(--space-4);
      max-width: calc(100vw - 2 * var(--space-4));
      padding: 8px 14px;
      transform: translateX(-50%);
      background: var(--surface-raised);
      border: 1px solid var(--line-strong);
      border-radius: var(--radius);
      box-shadow: var(--shadow);
      color: var(--text-muted);
      white-space: nowrap;
    }
  `,
})
export class SecondKey {
  protected readonly shortcuts = inject(Shortcuts);
}
