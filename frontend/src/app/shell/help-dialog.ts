import { DialogRef } from '@angular/cdk/dialog';
import { Component, computed, inject } from '@angular/core';
import { Connection } from '../core/connection.ts';
import { Shortcuts, type Shortcut } from '../core/shortcuts.ts';
import { Icon } from '../ui/icon.ts';
import { Keys } from '../ui/keys.ts';

/** Every key that means something on this page. */
@Component({
  selector: 'app-help-dialog',
  imports: [Icon, Keys],
  template: `
    <header>
      <h2>Keyboard shortcuts</h2>
      <button type="button" class="icon-button" aria-label="Close" (click)="dialog.close()">
        <ui-icon name="close" />
      </button>
    </header>
    <div class="groups">
      @for (group of groups(); track group[0]) {
        <section>
          <h3>{{ group[0] }}</h3>
          <dl>
            @for (shortcut of group[1]; track shortcut.keys) {
              <div>
                <dt>{{ shortcut.does }}</dt>
                <dd><ui-keys [keys]="shortcut.keys" /></dd>
              </div>
            }
          </dl>
        </section>
      }
    </div>
    @if (version(); as version) {
      <p class="version">Deckwatch {{ version }}</p>
    }
  `,
  styles: `
    header {
      display: flex;
      align-items: center;
      justify-content: space-between;
      margin-bottom: var(--space-3);
    }
    h2 {
      font-size: var(--size-large);
    }
    .groups {
      columns: 2 240px;
      column-gap: var(--space-5);
    }
    section {
      break-inside: avoid;
      margin-bottom: var(--space-4);
    }
    h3 {
      color: var(--text-muted);
      font-size: var(--size-small);
      margin-bottom: var(--space-1);
    }
    dl > div {
      display: flex;
      justify-content: space-between;
      gap: var(--space-3);
      padding: 3px 0;
    }
    .version {
      color: var(--text-muted);
      font-size: var(--size-small);
    }
  `,
})
export class HelpDialog {
  protected readonly dialog = inject(DialogRef);
  private readonly connection = inject(Connection);
  private readonly shortcuts = inject(Shortcuts);
  /** Of the gateway that this page is connected to. */
  protected readonly version = computed(() => this.connection.welcome()?.version);
  protected readonly groups = computed(() => [...Map.groupBy(this.shortcuts.listed(), ({ group }: Shortcut) => group)]);
}
