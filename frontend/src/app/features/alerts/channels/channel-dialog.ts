import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, computed, inject, signal } from '@angular/core';
import type { Channel } from '@deckwatch/contracts';
import { attempt } from '../../../core/attempt.ts';
import { Rest } from '../../../core/rest.ts';
import { draftOf, FIELDS, shownOf, TYPE_WORDS, TYPES, type ChannelType } from './channel-fields.ts';

/** A new channel, or another face for one that is there. */
@Component({
  selector: 'app-channel-dialog',
  templateUrl: './channel-dialog.html',
  styleUrl: '../forms.css',
})
export class ChannelDialog {
  protected readonly channel = inject<Channel | null>(DIALOG_DATA, { optional: true });
  protected readonly dialog = inject<DialogRef<boolean>>(DialogRef);
  private readonly rest = inject(Rest);
  protected readonly saving = attempt();
  protected readonly types = TYPES;
  protected readonly words = TYPE_WORDS;
  protected readonly type = signal<ChannelType>(this.channel?.type ?? 'webhook');
  private readonly typed = signal<Record<string, string>>({});
  protected readonly fields = computed(() =>
    FIELDS[this.type()].map((field) => ({
      ...field,
      shown: this.typed()[field.name] ?? shownOf(this.channel, field),
      // A secret that is there need not be typed again.
      required: !field.optional && !(field.kind === 'secret' && this.channel !== null),
      input: { url: 'url', number: 'number', secret: 'password' }[field.kind as string] ?? 'text',
    })),
  );

  protected write(name: string, text: string): void {
    this.typed.update((typed) => ({ ...typed, [name]: text }));
  }

  protected async save(name: string, allowPrivate: boolean): Promise<void> {
    const texts = Object.fromEntries(this.fields().map((field) => [field.name, field.shown]));
    const draft = draftOf(this.type(), name, allowPrivate, texts);
    const there = this.channel;
    const { done } = await this.saving.run(() =>
      there === null
        ? this.rest.post('/channels', draft)
        : this.rest.put(`/channels/${encodeURIComponent(there.id)}?revision=${there.revision}`, draft),
    );
    if (done) this.dialog.close(true);
  }
}
