import { Component, inject } from '@angular/core';
import { ShellWorker } from '../core/offline/shell-worker.ts';

/** Says that a new version of the console is there; it comes when the reader wants it. */
@Component({
  selector: 'app-new-version',
  host: { role: 'status' },
  template: `
    @if (worker.isNew()) {
      <p>
        A new version of the console is there.
        <button type="button" class="link" (click)="worker.reload()">Reload</button>
      </p>
    }
  `,
  styles: `
    p {
      display: flex;
      gap: 8px;
      padding: 5px var(--space-4);
      border-bottom: 1px solid var(--line);
      background: var(--accent-soft);
    }
  `,
})
export class NewVersion {
  protected readonly worker = inject(ShellWorker);
}
