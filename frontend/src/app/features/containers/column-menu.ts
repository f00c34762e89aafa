import { Component, ElementRef, inject, viewChild } from '@angular/core';
import { ColumnChoice } from './column-choice.ts';
import { COLUMNS } from './columns.ts';

/** A button that opens the list of columns to choose from. */
@Component({
  selector: 'app-column-menu',
  host: { '(document:click)': 'closeOutside($event)', '(keydown.escape)': 'close($event)' },
  template: `
    <details #details>
      <summary class="button">Columns</summary>
      <fieldset>
        <legend class="visually-hidden">Columns of the table</legend>
        @for (column of columns; track column.key) {
          <label>
            <input
              #box
              type="checkbox"
              [checked]="choice.shown().has(column.key)"
              (change)="choice.show(column.key, box.checked)"
            />
            {{ column.spoken ?? column.label }}
          </label>
        }
        <button type="button" class="link" (click)="choice.reset()">As usual</button>
      </fieldset>
    </details>
  `,
  styles: `
    details {
      position: relative;
    }
    summary {
      list-style: none;
      height: 30px;
      cursor: pointer;
      user-select: none;
    }
    summary::-webkit-details-marker {
      display: none;
    }
    fieldset {
      position: absolute;
      right: 0;
      top: calc(100% + 4px);
      z-index: 8;
      display: grid;
      min-width: 190px;
      margin: 0;
      padding: 6px;
      border: 1px solid var(--line-strong);
      border-radius: var(--radius);
      background: var(--surface-raised);
      box-shadow: var(--shadow);
    }
    label {
      display: flex;
      align-items: center;
      gap: 8px;
      padding: 5px 8px;
      border-radius: var(--radius-small);
      cursor: pointer;
    }
    label:hover {
      background: var(--surface-hover);
    }
    input {
      accent-color: var(--accent);
      margin: 0;
    }
    button {
      justify-self: start;
      padding: 6px 8px 4px;
    }
    @media (max-width: 640px) {
      summary {
        height: 38px;
      }
      label {
        padding: 9px 8px;
      }
    }
  `,
})
export class ColumnMenu {
  private readonly details = viewChild.required<ElementRef<HTMLDetailsElement>>('details');
  protected readonly choice = inject(ColumnChoice);
  protected readonly columns = COLUMNS.slice(1);

  protected closeOutside(event: Event): void {
    const details = this.details().nativeElement;
    if (details.open && !details.contains(event.target as Node)) details.open = false;
  }

  protected close(event: Event): void {
    const details = this.details().nativeElement;
    if (!details.open) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector('summary')?.focus();
  }
}
