import { Component, inject, signal } from '@angular/core';
import type { Channel, ChannelTest } from '@deckwatch/contracts';
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
import { StatusDot } from '../../../ui/status-dot.ts';
import { agoOf } from '../../events/ago.ts';
import { TYPE_WORDS } from './channel-fields.ts';

/** Where notices go, and whether they arrive there. */
@Component({
  selector: 'app-channels-page',
  imports: [ConfirmButton, EmptyState, ErrorState, Loading, StatusDot],
  templateUrl: './channels-page.html',
  styleUrl: '../lists.css',
})
export class ChannelsPage {
  private readonly rest = inject(Rest);
  private readonly dialogs = inject(Dialogs);
  private readonly now = inject(Now);
  protected readonly auth = inject(Auth);
  protected readonly changing = attempt();
  /** What a channel answered to a trial, by id. */
  protected readonly answers = signal<Readonly<Record<string, ChannelTest>>>({});
  protected readonly words = TYPE_WORDS;
  protected readonly list = paging<Channel>({
    read: (cursor) => this.rest.get(onPage('/channels?limit=100', cursor)),
    parse: (item) =>
      isRecord(item) && typeof item['id'] === 'string' && typeof item['type'] === 'string'
        ? (item as unknown as Channel)
        : undefined,
    keyOf: ({ id }) => id,
  });

  constructor() {
    this.list.reset();
  }

  protected ago(t: number): string {
    return agoOf(this.now.server() - t);
  }

  protected async edit(channel: Channel | null): Promise<void> {
    const load = () => import('./channel-dialog.ts').then((file) => file.ChannelDialog);
    if (await this.dialogs.open<boolean>(load, { label: 'Channel', data: channel })) this.list.reset();
  }

  protected async try(id: string): Promise<void> {
    const { done, answer } = await this.changing.run(() =>
      this.rest.post(`/channels/${encodeURIComponent(id)}/test`, {}),
    );
    if (done && isRecord(answer)) this.answers.update((all) => ({ ...all, [id]: answer as unknown as ChannelTest }));
  }

  protected async remove(id: string): Promise<void> {
    await this.changing.run(() => this.rest.delete(`/channels/${encodeURIComponent(id)}`));
    this.list.reset();
  }
}
