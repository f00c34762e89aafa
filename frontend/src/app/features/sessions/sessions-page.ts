import { Component, computed, inject } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import type { SessionEvent } from '@deckwatch/contracts';
import { filter } from 'rxjs';
import { Connection } from '../../core/connection.ts';
import { Now } from '../../core/now.ts';
import { paging } from '../../core/paging.ts';
import { Rest } from '../../core/rest.ts';
import { isSessionEvent, SessionStore } from '../../core/stores/session-store.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { Icon, type IconName } from '../../ui/icon.ts';
import { Meter } from '../../ui/meter.ts';
import { agoOf } from '../events/ago.ts';
import { sessionWords } from './session-words.ts';
import { Loading } from '../../ui/loading.ts';
import { ErrorState } from '../../ui/error-state.ts';

const ICONS: Partial<Record<SessionEvent['event'], IconName>> = { created: 'user-plus', destroyed: 'user-minus' };
const PAGE = 50;
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** How many sessions each app has, and which began and ended, live and as far back as the log reaches. */
@Component({
  selector: 'app-sessions-page',
  imports: [EmptyState, ErrorState, Icon, Loading, Meter],
  templateUrl: './sessions-page.html',
  styleUrl: './sessions-page.css',
})
export class SessionsPage {
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  protected readonly store = inject(SessionStore);
  protected readonly past = paging<SessionEvent>({
    read: (cursor) =>
      this.rest.get(`/sessions/events?limit=${PAGE}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`),
    parse: (item) => (isSessionEvent(item) ? item : undefined),
    keyOf,
  });

  protected readonly apps = computed(() => {
    const count = this.store.count();
    const apps = Object.entries(count?.byApp ?? {}).map(([app, active]) => ({ app, active }));
    const most = Math.max(1, ...apps.map(({ active }) => active));
    return apps
      .sort((a, b) => b.active - a.active || a.app.localeCompare(b.app))
      .map((row) => ({ ...row, share: row.active / most }));
  });
  /** What arrives live, before what was read. Mere signs of life would push out the rest. */
  private readonly all = computed(() => {
    const byKey = new Map([...this.past.items(), ...this.store.events()].map((event) => [keyOf(event), event]));
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
}

function keyOf(event: SessionEvent): string {
  return `${event.app}:${event.id}:${event.event}:${event.t}`;
}
