import { Component, computed, inject } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import type { SessionEvent } from '@deckwatch/contracts';
import { filter, tap } from 'rxjs';
import { Connection } from '../../core/connection.ts';
import { isRecord } from '../../core/frames.ts';
import { Now } from '../../core/now.ts';
import { onPage, paging } from '../../core/paging.ts';
import { Rest } from '../../core/rest.ts';
import { isSessionEvent, SessionStore } from '../../core/stores/session-store.ts';
import { TRAIL_MS } from '../../core/stores/count-trail.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { ErrorState } from '../../ui/error-state.ts';
import { Icon, type IconName } from '../../ui/icon.ts';
import { Loading } from '../../ui/loading.ts';
import { agoOf, dateTime } from '../events/ago.ts';
import { sessionWords } from './session-words.ts';

const ICONS: Partial<Record<SessionEvent['event'], IconName>> = { created: 'user-plus', destroyed: 'user-minus' };
const PAGE = 100;

/** Which sessions began and ended, live and as far back as the log reaches. */
@Component({
  selector: 'app-session-lately',
  imports: [EmptyState, ErrorState, Icon, Loading, RouterLink],
  host: { class: 'panel', role: 'region', 'aria-labelledby': 'events' },
  templateUrl: './session-lately.html',
  styleUrl: './session-lately.css',
})
export class SessionLately {
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  private readonly store = inject(SessionStore);
  protected readonly past = paging<SessionEvent>({
    read: (cursor) => this.read(cursor),
    parse: (item) => (isSessionEvent(item) ? item : undefined),
    keyOf: eventKeyOf,
  });

  /** What arrives live, before what was read. Mere signs of life would push out the rest. */
  private readonly all = computed(() => {
    const byKey = new Map([...this.past.items(), ...this.store.events()].map((event) => [eventKeyOf(event), event]));
    return [...byKey].filter(([, { event }]) => event !== 'updated').sort(([, a], [, b]) => b.t - a.t);
  });
  protected readonly events = computed(() =>
    this.all().map(([key, event]) => ({
      event,
      key,
      icon: ICONS[event.event] ?? 'user',
      what: sessionWords(event),
      at: dateTime.format(event.t),
    })),
  );
  protected readonly loaded = computed(() => this.store.eventFeed.loaded() || this.past.total() !== null);

  protected readonly ago = (t: number): string => agoOf(this.now.server() - t);

  constructor() {
    // Anew after each reconnection: the log knows what was missed.
    toObservable(inject(Connection).live)
      .pipe(filter(Boolean), takeUntilDestroyed())
      .subscribe(() => this.past.reset());
  }

  private read(cursor: string | null) {
    const query = onPage(`limit=${PAGE}`, cursor);
    return this.rest.get(`/sessions/events?${query}`).pipe(tap((answer) => cursor === null && this.recall(answer)));
  }

  /** What was read tells how the counts moved before this page was open. */
  private recall(answer: unknown): void {
    if (!isRecord(answer) || !Array.isArray(answer['items'])) return;
    const events = (answer['items'] as unknown[]).filter(isSessionEvent);
    const isAll = answer['nextCursor'] === null;
    const oldest = events.reduce((t, event) => Math.min(t, event.t), Infinity);
    this.store.trail.recall(events, Math.max(this.now.server() - TRAIL_MS, isAll ? 0 : oldest));
  }
}

export function eventKeyOf(event: SessionEvent): string {
  return `${event.app}:${event.id}:${event.event}:${event.t}`;
}
