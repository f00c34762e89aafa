import { Component, computed, inject } from '@angular/core';
import { Menu } from '../../ui/menu.ts';
import { ColumnChoice } from './column-choice.ts';

/** Which columns the table has. */
@Component({
  selector: 'app-column-menu',
  imports: [Menu],
  template: `
    <ui-menu label="Columns">
      <span menu-face class="button">Columns</span>
      @for (column of columns(); track column.key) {
        <button
          type="button"
          role="menuitemcheckbox"
          [attr.aria-checked]="choice.shown().has(column.key)"
          (click)="choice.show(column.key, !choice.shown().has(column.key))"
        >
          {{ column.spoken ?? column.label }}
        </button>
      }
      <button type="button" role="menuitem" class="usual" (click)="choice.reset()">As usual</button>
    </ui-menu>
  `,
  styles: `
    .button {
      color: var(--text);
    }
    button {
      display: flex;
      align-items: center;
      gap: 8px;
      width: 100%;
      padding: 5px 10px;
      border-radius: var(--radius-small);
      text-align: left;
    }
    button::before {
      content: '';
      width: 14px;
    }
    [aria-checked='true']::before {
      content: '✓' / '';
      color: var(--accent);
    }
    button:hover,
    button:focus-visible {
      background: var(--surface-hover);
      outline-offset: -2px;
    }
    .usual {
      color: var(--text-muted);
    }
    @media (max-width: 640px) {
      .button {
        height: 38px;
      }
      button {
        min-height: 40px;
      }
    }
  `,
})
export class ColumnMenu {
  protected readonly choice = inject(ColumnChoice);
  protected readonly columns = computed(() => this.choice.offered().slice(1));
}
