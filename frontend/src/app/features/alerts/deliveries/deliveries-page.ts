import { Component, computed, inject } from '@angular/core';
import type { Params } from '@angular/router';
import type { Delivery } from '@deckwatch/contracts';
import { attempt } from '../../../core/attempt.ts';
import { Auth } from '../../../core/auth.ts';
import { isRecord } from '../../../core/frames.ts';
import { Now } from '../../../core/now.ts';
import { onPage, paging } from '../../../core/paging.ts';
import { Rest } from '../../../core/rest.ts';
import { search } from '../../../core/search.ts';
import { Choice } from '../../../ui/choice.ts';
import { EmptyState } from '../../../ui/empty-state.ts';
import { ErrorState } from '../../../ui/error-state.ts';
import { Loading } from '../../../ui/loading.ts';
import { StatusDot } from '../../../ui/status-dot.ts';
import type { Tone } from '../../../ui/tone.ts';
import { agoOf } from '../../events/ago.ts';
import { knownChannels } from '../channels/known-channels.ts';

const STATES = ['waiting', 'delivered', 'dead', 'superseded'] as const;
const TONES: Record<string, Tone> = { waiting: 'warn', delivered: 'good', dead: 'bad', superseded: 'idle' };
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** Each notice to each channel, with what every attempt was answered. */
@Component({
  selector: 'app-deliveries-page',
  imports: [Choice, EmptyState, ErrorState, Loading, StatusDot],
  templateUrl: './deliveries-page.html',
  styleUrls: ['../lists.css', './deliveries-page.css'],
})
export class DeliveriesPage {
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  protected readonly auth = inject(Auth);
  protected readonly retrying = attempt();
  protected readonly states = STATES;
  protected readonly choice = search<{ state: string }>({
    names: ['state'],
    read: (params) => ({ state: STATES.find((state) => state === params.get('state')) ?? '' }),
    write: ({ state }): Params => (state ? { state } : {}),
  });
  protected readonly list = paging<Delivery>({
    read: (cursor) => this.rest.get(this.pathOf(cursor)),
    parse: (item) =>
      isRecord(item) && typeof item['id'] === 'string' && typeof item['state'] === 'string'
        ? (item as unknown as Delivery)
        : undefined,
    keyOf: ({ id }) => id,
  });
  private readonly channels = knownChannels();
  private readonly names = computed(() => new Map(this.channels().map(({ id, name }) => [id, name])));
  protected readonly rows = computed(() =>
    this.list.items().map((delivery) => ({
      delivery,
      // Of a channel that is gone only the id is left.
      channel: this.names().get(delivery.channelId) ?? delivery.channelId,
      tone: TONES[delivery.state] ?? 'idle',
      about: delivery.about || delivery.alertId,
      tries: (delivery.tries ?? []).map(({ t, ok, outcome, tookMs }) => ({ at: time.format(t), ok, outcome, tookMs })),
    })),
  );

  constructor() {
    this.choice.asked$.subscribe(() => this.list.reset());
    this.list.reset();
  }

  private pathOf(cursor: string | null): string {
    const { state } = this.choice.terms();
    return onPage(`/deliveries?limit=50${state ? `&state=${state}` : ''}`, cursor);
  }

  protected ago(t: number): string {
    return agoOf(this.now.server() - t);
  }

  protected async retry(id: string): Promise<void> {
    await this.retrying.run(() => this.rest.post(`/deliveries/${encodeURIComponent(id)}/retry`, {}));
    this.list.reset();
  }
}
