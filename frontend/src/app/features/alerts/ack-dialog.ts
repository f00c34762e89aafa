import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, inject } from '@angular/core';
import type { AlertMessage } from '@deckwatch/contracts';
import { attempt } from '../../core/attempt.ts';
import { Rest } from '../../core/rest.ts';

/** Takes note that somebody knows of an alert, until it is resolved. */
@Component({
  selector: 'app-ack-dialog',
  template: `
    <h2>Acknowledge</h2>
    <p class="muted">
      <b>{{ alert.rule.name }}</b> on {{ alert.target.name }}. It stays in the list and is not told of again until it is
      resolved.
    </p>
    <form (submit)="$event.preventDefault(); acknowledge(note.value)">
      <label class="field">
        Note
        <input
          #note
          maxlength="1000"
          autocomplete="off"
          [value]="alert.ack?.note ?? ''"
          placeholder="What you found, or who is on it"
        />
      </label>
      <p class="fault" role="alert">{{ saving.fault() }}</p>
      <p class="acts">
        <button type="button" class="button" (click)="dialog.close()">Cancel</button>
        <button type="submit" class="button primary" [disabled]="saving.busy()">Acknowledge</button>
      </p>
    </form>
  `,
  styleUrl: './forms.css',
})
export class AckDialog {
  protected readonly alert = inject<AlertMessage>(DIALOG_DATA);
  protected readonly dialog = inject<DialogRef<boolean>>(DialogRef);
  private readonly rest = inject(Rest);
  protected readonly saving = attempt();

  protected async acknowledge(note: string): Promise<void> {
    const path = `/alerts/${encodeURIComponent(this.alert.id)}/ack`;
    const { done } = await this.saving.run(() => this.rest.post(path, { note: note.trim() }));
    if (done) this.dialog.close(true);
  }
}
