import { Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { SessionRef } from '@deckwatch/contracts';
import { formatDuration } from '@deckwatch/contracts/wire';
import { Auth } from '../../core/auth.ts';
import { Now } from '../../core/now.ts';
import { Shortcuts } from '../../core/shortcuts.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { SourceStore } from '../../core/stores/source-store.ts';
import { Choice } from '../../ui/choice.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { ErrorState } from '../../ui/error-state.ts';
import { Loading } from '../../ui/loading.ts';
import { SearchField } from '../../ui/search-field.ts';
import { agoOf } from '../events/ago.ts';
import { Revoking } from './revoking.ts';
import type { SessionSort } from './session-terms.ts';
import { SessionView, type SessionRow } from './session-view.ts';
import { endWords } from './session-words.ts';

const COLUMNS: readonly { sort: SessionSort; label: string; className: string }[] = [
  { sort: 'user', label: 'User', className: 'user' },
  { sort: 'createdAt', label: 'Began', className: 'time' },
  { sort: 'lastSeenAt', label: 'Last seen', className: 'time seen' },
];

/** The sessions that are alive: found, sorted, opened, ended. Rows keep their places while somebody reads. */
@Component({
  selector: 'app-session-table',
  imports: [Choice, EmptyState, ErrorState, Loading, RouterLink, SearchField],
  host: { class: 'panel', role: 'region', 'aria-label': 'List of sessions' },
  templateUrl: './session-table.html',
  styleUrl: './session-table.css',
})
export class SessionTable {
  private readonly now = inject(Now);
  private readonly store = inject(SessionStore);
  private readonly sources = inject(SourceStore);
  private readonly revoking = inject(Revoking);
  private readonly auth = inject(Auth);
  protected readonly view = inject(SessionView);
  protected readonly columns = COLUMNS;
  private readonly marked = signal<ReadonlySet<string>>(new Set());

  protected readonly mayEnd = computed(() => this.auth.may('admin'));
  protected readonly apps = computed(() => Object.keys(this.store.count()?.byApp ?? {}).sort());
  /** Those that are chosen and still there. */
  protected readonly chosen = computed(() =>
    this.view.rows().filter(({ key, end }) => end === null && this.marked().has(key)),
  );
  protected readonly allMarked = computed(() => {
    const alive = this.view.rows().filter(({ end }) => end === null);
    return alive.length > 0 && this.chosen().length === alive.length;
  });
  protected readonly tally = computed(() => {
    const total = this.view.list.total();
    if (total === null) return '';
    const shown = this.view.rows().length;
    const all = `${total.toLocaleString('en')} ${total === 1 ? 'session' : 'sessions'}`;
    return shown < total ? `${shown} of ${all}` : all;
  });
  /** The app that is chosen has no list. */
  protected readonly countsOnly = computed(() => {
    const sources = this.sources.byApp().get(this.view.chosen().app) ?? [];
    return sources.length > 0 && sources.every(({ countsOnly }) => countsOnly);
  });

  protected readonly ago = (t: number): string => agoOf(this.now.server() - t);
  protected readonly age = ({ createdAt, end }: SessionRow): string =>
    formatDuration(Math.max(0, (end?.t ?? this.now.server()) - createdAt));
  protected readonly ending = endWords;
  protected readonly brief = ({ attrs }: SessionRow): string =>
    Object.entries(attrs)
      .filter(([, value]) => value !== null && value !== '' && value !== true)
      .map(([name, value]) => `${name} ${value}`)
      .join(' · ');

  constructor() {
    inject(Shortcuts).add({ keys: 'r', does: 'Read the list anew', group: 'Sessions' }, () => this.view.show());
  }

  protected ariaSort(sort: SessionSort): 'ascending' | 'descending' | null {
    const chosen = this.view.chosen();
    if (chosen.sort !== sort) return null;
    return chosen.descending ? 'descending' : 'ascending';
  }

  protected isMarked(key: string): boolean {
    return this.marked().has(key);
  }

  protected mark(key: string, marked: boolean): void {
    this.marked.update((before) => {
      const after = new Set(before);
      if (marked) after.add(key);
      else after.delete(key);
      return after;
    });
  }

  protected markAll(marked: boolean): void {
    const alive = this.view.rows().filter(({ end }) => end === null);
    this.marked.set(new Set(marked ? alive.map(({ key }) => key) : []));
  }

  protected async endChosen(): Promise<void> {
    const refs: SessionRef[] = this.chosen().map(({ app, id }) => ({ app, id }));
    if (await this.revoking.ask(refs)) this.marked.set(new Set());
  }
}
