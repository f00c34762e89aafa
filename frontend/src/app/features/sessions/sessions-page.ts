import { Component, computed, inject } from '@angular/core';
import type { SessionEvent } from '@deckwatch/contracts';
import { formatDuration } from '@deckwatch/contracts/wire';
import { Now } from '../../core/now.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { Icon, type IconName } from '../../ui/icon.ts';
import { Meter } from '../../ui/meter.ts';

const ICONS: Partial<Record<SessionEvent['event'], IconName>> = { created: 'user-plus', destroyed: 'user-minus' };

/** How many sessions each app has, and which began and ended last. */
@Component({
  selector: 'app-sessions-page',
  imports: [EmptyState, Icon, Meter],
  templateUrl: './sessions-page.html',
  styleUrl: './sessions-page.css',
})
export class SessionsPage {
  private readonly now = inject(Now);
  protected readonly store = inject(SessionStore);

  protected readonly apps = computed(() => {
    const count = this.store.count();
    const apps = Object.entries(count?.byApp ?? {}).map(([app, active]) => ({ app, active }));
    const most = Math.max(1, ...apps.map(({ active }) => active));
    return apps
      .sort((a, b) => b.active - a.active || a.app.localeCompare(b.app))
      .map((row) => ({ ...row, share: row.active / most }));
  });
  protected readonly events = computed(() =>
    this.store.events().map((event) => ({
      event,
      key: `${event.app}:${event.id}:${event.event}:${event.t}`,
      icon: ICONS[event.event] ?? 'user',
      what: wordsOf(event),
      ago: agoOf(this.now.server() - event.t),
    })),
  );
}

function wordsOf(event: SessionEvent): string {
  if (event.event === 'created') return 'began';
  return event.reason === 'unknown' ? 'ended' : event.reason === 'logout' ? 'signed out' : event.reason;
}

function agoOf(ms: number): string {
  return ms < 2000 ? 'now' : `${formatDuration(ms)} ago`;
}
