import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, computed, inject, signal } from '@angular/core';
import type { SessionRevocation } from '@deckwatch/contracts';
import { Revoking, type RevokeWish } from './revoking.ts';

/** Asks before sessions are ended, and tells afterwards which could not be. */
@Component({
  selector: 'app-revoke-dialog',
  template: `
    <h2>{{ title() }}</h2>
    @if (outcomes(); as outcomes) {
      <p role="status">{{ summary() }}</p>
      @if (failed().length > 0) {
        <ul tabindex="0" aria-label="Could not be ended">
          @for (item of failed(); track item.app + item.id) {
            <li>
              <code>{{ item.app }} / {{ item.id }}</code>
              <span class="muted"> {{ item.why ?? 'no reason given' }}</span>
            </li>
          }
        </ul>
      }
      <p class="acts"><button type="button" class="button" (click)="dialog.close(true)">Close</button></p>
    } @else {
      <p>
        {{ refs.length === 1 ? 'Whoever it is has to sign in again.' : 'All of them have to sign in again.' }} What
        their source can't do is told afterwards.
      </p>
      @if (wish.unable.length > 0) {
        <p class="warn">Sessions of {{ wish.unable.join(', ') }} can't be ended: their source does not allow it.</p>
      }
      <p class="acts">
        <button type="button" class="button" [disabled]="busy()" (click)="dialog.close(false)">Cancel</button>
        <button type="button" class="button danger" [disabled]="busy()" (click)="end()">
          {{ busy() ? 'Ending…' : refs.length === 1 ? 'End it' : 'End ' + refs.length }}
        </button>
      </p>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-3);
    }
    h2 {
      font-size: var(--size-large);
    }
    .warn {
      color: var(--warn);
    }
    .acts {
      display: flex;
      justify-content: flex-end;
      gap: var(--space-2);
    }
    .danger {
      border-color: var(--bad);
      color: var(--bad);
    }
    ul {
      max-height: 240px;
      overflow-y: auto;
    }
    li {
      padding: 4px 0;
      overflow-wrap: anywhere;
    }
    code {
      font: 12px/1.5 var(--mono);
    }
  `,
})
export class RevokeDialog {
  private readonly revoking = inject(Revoking);
  protected readonly dialog = inject<DialogRef<boolean>>(DialogRef);
  protected readonly wish = inject<RevokeWish>(DIALOG_DATA);
  protected readonly refs = this.wish.refs;
  protected readonly busy = signal(false);
  protected readonly outcomes = signal<readonly SessionRevocation[] | null>(null);
  protected readonly failed = computed(() => (this.outcomes() ?? []).filter(({ revoked }) => !revoked));
  protected readonly title = computed(() => {
    if (this.outcomes()) return this.failed().length > 0 ? 'Not all could be ended' : 'Ended';
    return this.refs.length === 1 ? 'End this session?' : `End ${this.refs.length} sessions?`;
  });
  protected readonly summary = computed(() => {
    const done = this.refs.length - this.failed().length;
    const ended = done === 1 ? '1 session was ended.' : `${done} sessions were ended.`;
    return this.failed().length === 0 ? ended : `${ended} ${this.failed().length} could not be:`;
  });

  protected async end(): Promise<void> {
    this.busy.set(true);
    this.outcomes.set(await this.revoking.end(this.refs));
    this.busy.set(false);
  }
}
