import { DIALOG_DATA, DialogRef } from '@angular/cdk/dialog';
import { Component, inject, signal } from '@angular/core';
import type { AlertMessage } from '@deckwatch/contracts';
import { attempt } from '../../../core/attempt.ts';
import { Now } from '../../../core/now.ts';
import { Rest } from '../../../core/rest.ts';
import { MATCHER_NAMES, scopesOf, SPANS, type Matchers } from './silence-terms.ts';

/** Silences one alert or what is like it, or, without one, whatever fits the names that are typed. */
@Component({
  selector: 'app-silence-dialog',
  templateUrl: './silence-dialog.html',
  styleUrl: '../forms.css',
})
export class SilenceDialog {
  private readonly alert = inject<AlertMessage | null>(DIALOG_DATA, { optional: true });
  protected readonly dialog = inject<DialogRef<boolean>>(DialogRef);
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  protected readonly saving = attempt();
  protected readonly scopes = this.alert === null ? [] : scopesOf(this.alert);
  protected readonly spans = SPANS;
  protected readonly names = MATCHER_NAMES;
  private readonly typed = signal<Matchers>({});
  protected readonly scope = signal(0);
  /** A span in ms, or `until` a time that is typed. */
  protected readonly span = signal<number | 'until'>(SPANS[1].ms);

  protected type(name: (typeof MATCHER_NAMES)[number], text: string): void {
    const { [name]: _, ...others } = this.typed();
    this.typed.set(text.trim() === '' ? others : { ...others, [name]: text.trim() });
  }

  protected async save(until: string, comment: string): Promise<void> {
    const span = this.span();
    const ends = span === 'until' ? { endsAt: until } : { endsAt: Math.round(this.now.server()) + span };
    const body = {
      matchers: this.scopes[this.scope()]?.matchers ?? this.typed(),
      ...ends,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      comment: comment.trim(),
    };
    const { done } = await this.saving.run(() => this.rest.post('/silences', body));
    if (done) this.dialog.close(true);
  }
}
