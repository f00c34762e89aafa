import { Component, computed, inject, signal } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import type { AlertMessage } from '@deckwatch/contracts';
import { formatDuration } from '@deckwatch/contracts/wire';
import { filter } from 'rxjs';
import { Connection } from '../../../core/connection.ts';
import { Now } from '../../../core/now.ts';
import { onPage, paging } from '../../../core/paging.ts';
import { Rest } from '../../../core/rest.ts';
import { search } from '../../../core/search.ts';
import { AlertStore, isAlert } from '../../../core/stores/alert-store.ts';
import { Choice } from '../../../ui/choice.ts';
import { Disclosure } from '../../../ui/disclosure.ts';
import { ErrorState } from '../../../ui/error-state.ts';
import { Loading } from '../../../ui/loading.ts';
import { SearchField } from '../../../ui/search-field.ts';
import { StatusDot } from '../../../ui/status-dot.ts';
import { agoOf, dateTime } from '../../events/ago.ts';
import { rowOf } from '../alert-row.ts';
import { AlertDetail } from '../detail/alert-detail.ts';
import { KnownRules } from '../now/known-rules.ts';
import * as history from './history-terms.ts';

const PAGE = 100;
const STATE_NAMES = { firing: 'Firing', nodata: 'No data', resolved: 'Resolved', pending: 'Pending' } as const;

/** What became of alerts: each time one fired, lost its data or was over, newest first. */
@Component({
  selector: 'app-alert-history',
  imports: [AlertDetail, Choice, Disclosure, ErrorState, Loading, RouterLink, SearchField, StatusDot],
  host: { class: 'panel', role: 'region', 'aria-labelledby': 'history' },
  templateUrl: './alert-history.html',
  styleUrl: './alert-history.css',
})
export class AlertHistory {
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  private readonly store = inject(AlertStore);
  private readonly known = inject(KnownRules);
  /** When the first page was asked for; the ages of a span are counted from then. */
  private askedAt = 0;
  protected readonly past = paging<AlertMessage>({
    read: (cursor) => {
      if (cursor === null) this.askedAt = this.now.server();
      const query = history.queryOf(this.terms(), this.askedAt);
      return this.rest.get(onPage(`/alerts/history?limit=${PAGE}&${query}`, cursor));
    },
    parse: (item) => (isAlert(item) ? item : undefined),
    keyOf,
  });
  protected readonly choice = search<history.HistoryTerms>(
    { names: history.NAMES, read: history.readTerms, write: history.writeTerms },
    (terms) => history.queryOf(terms, 0),
  );
  protected readonly terms = this.choice.terms;
  protected readonly severities = history.SEVERITIES;
  protected readonly states = history.STATES.map((value) => ({ value, text: STATE_NAMES[value] }));
  protected readonly spans = [
    { value: '1h', text: 'Last hour' },
    { value: '24h', text: 'Last 24 hours' },
    { value: '7d', text: 'Last 7 days' },
    { value: 'between', text: 'Between…' },
  ];
  protected readonly rules = computed(() => this.known.all().map(({ id, name }) => ({ value: id, text: name })));
  protected readonly isNarrowed = computed(() => history.isNarrowed(this.terms()));
  protected readonly ends = computed(() => {
    const { from, to } = this.terms();
    return { from: history.writeLocal(from), to: history.writeLocal(to) };
  });
  /** The row that is looked at closely. */
  protected readonly looked = signal('');

  /** What arrives live, before what was read. */
  protected readonly rows = computed(() => {
    const wanted = this.terms();
    const byKey = new Map([...this.past.items(), ...this.store.recent()].map((alert) => [keyOf(alert), alert]));
    return [...byKey.values()]
      .filter((alert) => history.fits(alert, wanted, this.askedAt))
      .sort((a, b) => b.t - a.t || b.seq - a.seq)
      .map((alert) => ({
        ...rowOf(alert),
        key: keyOf(alert),
        at: dateTime.format(alert.t),
        lasted: alert.state === 'resolved' ? `after ${formatDuration(alert.t - alert.since)}` : '',
      }));
  });

  protected readonly ago = (t: number): string => agoOf(this.now.server() - t);

  constructor() {
    // Anew after each reconnection: the log knows what was missed.
    toObservable(inject(Connection).live)
      .pipe(filter(Boolean), takeUntilDestroyed())
      .subscribe(() => this.past.reset());
    this.choice.asked$.subscribe(() => this.past.reset());
  }

  protected chooseSpan(span: string): void {
    this.choice.narrow({ span: span as history.Span, from: null, to: null });
  }

  protected chooseEnd(end: 'from' | 'to', text: string): void {
    this.choice.narrow({ [end]: history.readLocal(text) });
  }

  protected showAll(): void {
    this.choice.narrow({ severity: '', state: '', rule: '', target: '', span: '', from: null, to: null });
  }

  protected look(key: string): void {
    this.looked.update((before) => (before === key ? '' : key));
  }
}

function keyOf({ id, seq }: AlertMessage): string {
  return `${id}:${seq}`;
}
