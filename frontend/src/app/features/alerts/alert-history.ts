import { Component, computed, inject } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import type { AlertMessage } from '@deckwatch/contracts';
import { formatDuration } from '@deckwatch/contracts/wire';
import { filter } from 'rxjs';
import { addressed } from '../../core/address.ts';
import { Connection } from '../../core/connection.ts';
import { Now } from '../../core/now.ts';
import { onPage, paging } from '../../core/paging.ts';
import { Rest } from '../../core/rest.ts';
import { AlertStore, isAlert } from '../../core/stores/alert-store.ts';
import { StatusDot } from '../../ui/status-dot.ts';
import { agoOf } from '../events/ago.ts';
import { rowOf } from './alert-row.ts';
import { Loading } from '../../ui/loading.ts';
import { ErrorState } from '../../ui/error-state.ts';

const PAGE = 100;
const SEVERITIES = ['critical', 'warning', 'info'] as const;
const STATES = ['firing', 'nodata', 'resolved', 'pending'] as const;
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

interface Choice {
  severity: string;
  /** Empty: all but pending, which nobody is told of. */
  state: string;
}

/** What became of alerts: each time one fired, lost its data or was over, newest first. */
@Component({
  selector: 'app-alert-history',
  imports: [ErrorState, Loading, RouterLink, StatusDot],
  host: { class: 'panel', role: 'region', 'aria-labelledby': 'history' },
  templateUrl: './alert-history.html',
  styleUrl: './alert-history.css',
})
export class AlertHistory {
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  private readonly store = inject(AlertStore);
  protected readonly past = paging<AlertMessage>({
    read: (cursor) => this.rest.get(onPage(`/alerts/history?limit=${PAGE}`, cursor)),
    parse: (item) => (isAlert(item) ? item : undefined),
    keyOf,
  });
  protected readonly choice = addressed<Choice>({
    names: ['severity', 'was'],
    read: (params) => ({
      severity: known(SEVERITIES, params.get('severity')),
      state: known(STATES, params.get('was')),
    }),
    write: ({ severity, state }) => ({ ...(severity && { severity }), ...(state && { was: state }) }),
  });
  protected readonly severities = SEVERITIES;
  protected readonly states = { firing: 'Firing', nodata: 'No data', resolved: 'Resolved', pending: 'Pending' };
  protected readonly stateNames = STATES;

  /** What arrives live, before what was read. Who acknowledged or silenced one is no part of its story here. */
  private readonly all = computed(() => {
    const byKey = new Map([...this.past.items(), ...this.store.recent()].map((alert) => [keyOf(alert), alert]));
    return [...byKey].filter(([, { change }]) => change === 'state').sort(([, a], [, b]) => b.t - a.t || b.seq - a.seq);
  });
  private readonly chosen = computed(() => {
    const { severity, state } = this.choice.value();
    return this.all().filter(
      ([, alert]) =>
        (severity === '' || alert.severity === severity) &&
        (state === '' ? alert.state !== 'pending' && hasFired(alert) : alert.state === state),
    );
  });
  protected readonly rows = computed(() =>
    this.chosen().map(([key, alert]) => ({
      ...rowOf(alert),
      key,
      at: dateTime.format(alert.t),
      lasted: alert.state === 'resolved' ? `after ${formatDuration(alert.t - alert.since)}` : '',
    })),
  );
  /** How far the filter has looked. */
  protected readonly tally = computed(() => {
    const { severity, state } = this.choice.value();
    return severity || state ? `${this.rows().length} of the ${this.all().length} read so far` : '';
  });

  protected readonly ago = (t: number): string => agoOf(this.now.server() - t);

  constructor() {
    // Anew after each reconnection: the log knows what was missed.
    toObservable(inject(Connection).live)
      .pipe(filter(Boolean), takeUntilDestroyed())
      .subscribe(() => this.past.reset());
  }

  protected choose(change: Partial<Choice>): void {
    this.choice.choose({ ...this.choice.value(), ...change });
  }
}

function keyOf({ id, seq }: AlertMessage): string {
  return `${id}:${seq}`;
}

function hasFired({ state, firedAt }: AlertMessage): boolean {
  return state !== 'resolved' || firedAt !== null;
}

function known(words: readonly string[], word: string | null): string {
  return word !== null && words.includes(word) ? word : '';
}
