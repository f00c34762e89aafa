import { Component, computed, inject } from '@angular/core';
import { formatDuration } from '@deckwatch/contracts/wire';
import { attempt } from '../../../core/attempt.ts';
import { Auth } from '../../../core/auth.ts';
import { isRecord } from '../../../core/frames.ts';
import { Now } from '../../../core/now.ts';
import { onPage, paging } from '../../../core/paging.ts';
import { Rest } from '../../../core/rest.ts';
import { Dialogs } from '../../../ui/dialog.ts';
import { ConfirmButton } from '../../../ui/confirm-button.ts';
import { EmptyState } from '../../../ui/empty-state.ts';
import { ErrorState } from '../../../ui/error-state.ts';
import { Loading } from '../../../ui/loading.ts';
import { dateTime, matcherWords } from './silence-terms.ts';
import type { Silence } from '@deckwatch/contracts';

/** Who is not told of what, and until when. */
@Component({
  selector: 'app-silences-page',
  imports: [ConfirmButton, EmptyState, ErrorState, Loading],
  template: `
    <div class="page">
      <section class="panel" aria-labelledby="silences">
        <div class="head">
          <h1 id="silences">Silences</h1>
          @if (auth.may('operator')) {
            <button type="button" class="button" (click)="add()">New silence</button>
          }
        </div>
        <ul>
          @for (row of rows(); track row.silence.id) {
            <li>
              <span class="name" [class.off]="row.silence.state !== 'active'">
                {{ row.what }}
                @if (row.silence.provisioned) {
                  <span class="badge" title="It comes from a file and is changed there.">from file</span>
                }
              </span>
              <span class="about muted">
                {{ row.when }}<span class="faint"> · by {{ row.silence.createdBy }}</span>
                @if (row.silence.comment) {
                  <span> · {{ row.silence.comment }}</span>
                }
              </span>
              <span class="acts">
                @if (auth.may('operator') && row.silence.state !== 'expired' && !row.silence.provisioned) {
                  <ui-confirm-button
                    does="End"
                    [what]="'the silence of ' + row.what"
                    (confirmed)="end(row.silence.id)"
                  />
                }
              </span>
            </li>
          }
        </ul>
        @if (list.state() === 'failed') {
          <ui-error-state (again)="list.more()">The silences could not be read: {{ list.error() }}</ui-error-state>
        } @else if (list.total() === null) {
          <ui-loading what="silences" [rows]="3" />
        } @else if (rows().length === 0) {
          <ui-empty-state icon="bell" title="Nothing is silenced">
            Before planned work, silence what it will stir up: it is shown, and nobody is woken.
          </ui-empty-state>
        }
        <p class="fault" role="alert">{{ ending.fault() }}</p>
      </section>
    </div>
  `,
  styleUrl: '../lists.css',
})
export class SilencesPage {
  private readonly rest = inject(Rest);
  private readonly dialogs = inject(Dialogs);
  private readonly now = inject(Now);
  protected readonly auth = inject(Auth);
  protected readonly ending = attempt();
  protected readonly list = paging<Silence>({
    read: (cursor) => this.rest.get(onPage('/silences?limit=100', cursor)),
    parse: (item) =>
      isRecord(item) && typeof item['id'] === 'string' && isRecord(item['matchers'])
        ? (item as unknown as Silence)
        : undefined,
    keyOf: ({ id }) => id,
  });
  protected readonly rows = computed(() =>
    this.list.items().map((silence) => ({ silence, what: matcherWords(silence.matchers), when: this.when(silence) })),
  );

  constructor() {
    this.list.reset();
  }

  private when({ state, startsAt, endsAt }: Silence): string {
    const now = this.now.server();
    if (state === 'expired') return `ended ${dateTime.format(endsAt)}`;
    if (state === 'pending') return `from ${dateTime.format(startsAt)} to ${dateTime.format(endsAt)}`;
    return `until ${dateTime.format(endsAt)}, for ${formatDuration(Math.max(0, endsAt - now))} more`;
  }

  protected async add(): Promise<void> {
    const load = () => import('./silence-dialog.ts').then((file) => file.SilenceDialog);
    if (await this.dialogs.open<boolean>(load, { label: 'Silence', data: null })) this.list.reset();
  }

  protected async end(id: string): Promise<void> {
    await this.ending.run(() => this.rest.delete(`/silences/${encodeURIComponent(id)}`));
    this.list.reset();
  }
}
