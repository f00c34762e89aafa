import { Component, computed, inject, signal } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import type { AlertMessage } from '@deckwatch/contracts';
import { formatDuration } from '@deckwatch/contracts/wire';
import { debounce, distinctUntilChanged, filter, of, skip, timer } from 'rxjs';
import { addressed } from '../../../core/address.ts';
import { Connection } from '../../../core/connection.ts';
import { Now } from '../../../core/now.ts';
import { onPage, paging } from '../../../core/paging.ts';
import { Rest } from '../../../core/rest.ts';
import { AlertStore, isAlert } from '../../../core/stores/alert-store.ts';
import { Disclosure } from '../../../ui/disclosure.ts';
import { ErrorState } from '../../../ui/error-state.ts';
import { Loading } from '../../../ui/loading.ts';
import { StatusDot } from '../../../ui/status-dot.ts';
import { agoOf } from '../../events/ago.ts';
import { rowOf } from '../alert-row.ts';
import { AlertDetail } from '../detail/alert-detail.ts';
import { KnownRules } from '../now/known-rules.ts';
import * as terms from './history-terms.ts';

const PAGE = 100;
const TYPING_MS = 300;
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** What became of alerts: each time one fired, lost its data or was over, newest first. */
@Component({
  selector: 'app-alert-history',
  imports: [AlertDetail, Disclosure, ErrorState, Loading, RouterLink, StatusDot],
  host: { class: 'panel', role: 'region', 'aria-labelledby': 'history' },
  templateUrl: './alert-history.html',
  styleUrl: './alert-history.css',
})
export class AlertHistory {
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  private readonly store = inject(AlertStore);
  private readonly rules = inject(KnownRules);
  /** When the first page was asked for; the ages of a span are counted from then. */
  private askedAt = 0;
  protected readonly past = paging<AlertMessage>({
    read: (cursor) => {
      if (cursor === null) this.askedAt = this.now.server();
      const query = terms.queryOf(this.choice.value(), this.askedAt);
      return this.rest.get(onPage(`/alerts/history?limit=${PAGE}&${query}`, cursor));
    },
    parse: (item) => (isAlert(item) ? item : undefined),
    keyOf,
  });
  protected readonly choice = addressed<terms.HistoryTerms>({
    names: terms.NAMES,
    read: terms.readTerms,
    write: terms.writeTerms,
  });
  protected readonly severities = terms.SEVERITIES;
  protected readonly states = { firing: 'Firing', nodata: 'No data', resolved: 'Resolved', pending: 'Pending' };
  protected readonly stateNames = terms.STATES;
  protected readonly isNarrowed = computed(() => terms.isNarrowed(this.choice.value()));
  protected readonly ends = computed(() => {
    const { from, to } = this.choice.value();
    return { from: terms.writeLocal(from), to: terms.writeLocal(to) };
  });
  /** The rules there are, and the one that is asked for though it is not there any more. */
  protected readonly ruleNames = computed(() => {
    const { rule } = this.choice.value();
    const all = this.rules.all().map(({ id, name }) => ({ id, name }));
    return rule === '' || all.some(({ id }) => id === rule) ? all : [{ id: rule, name: rule }, ...all];
  });
  /** The row that is looked at closely. */
  protected readonly looked = signal('');

  /** What arrives live, before what was read. */
  protected readonly rows = computed(() => {
    const wanted = this.choice.value();
    const byKey = new Map([...this.past.items(), ...this.store.recent()].map((alert) => [keyOf(alert), alert]));
    return [...byKey.values()]
      .filter((alert) => terms.fits(alert, wanted, this.askedAt))
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
    let typed = this.choice.value().target;
    toObservable(this.choice.value)
      .pipe(
        distinctUntilChanged((a, b) => terms.queryOf(a, 0) === terms.queryOf(b, 0)),
        skip(1),
        debounce(({ target }) => {
          const isTyped = target !== typed;
          typed = target;
          return isTyped ? timer(TYPING_MS) : of(null);
        }),
        takeUntilDestroyed(),
      )
      .subscribe(() => this.past.reset());
  }

  protected choose(change: Partial<terms.HistoryTerms>): void {
    this.choice.choose({ ...this.choice.value(), ...change });
  }

  protected chooseSpan(span: string): void {
    this.choose({ span: span as terms.Span, from: null, to: null });
  }

  protected chooseEnd(end: 'from' | 'to', text: string): void {
    this.choose({ [end]: terms.readLocal(text) });
  }

  protected type(target: string): void {
    this.choice.type({ ...this.choice.value(), target });
  }

  protected showAll(): void {
    this.choose({ severity: '', state: '', rule: '', target: '', span: '', from: null, to: null });
  }

  protected look(key: string): void {
    this.looked.update((before) => (before === key ? '' : key));
  }
}

function keyOf({ id, seq }: AlertMessage): string {
  return `${id}:${seq}`;
}
