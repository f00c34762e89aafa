import { computed, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import type { StoredRule } from '@deckwatch/contracts';
import { catchError, EMPTY, filter, switchMap } from 'rxjs';
import { Connection } from '../../../core/connection.ts';
import { Rest } from '../../../core/rest.ts';
import { isRule } from '../rules/is-rule.ts';

/** The rules as they are now, for what alerts don't say of theirs. One a page. */
@Injectable()
export class KnownRules {
  private readonly rest = inject(Rest);
  private readonly rules = signal<readonly StoredRule[]>([]);
  /** By name. */
  readonly all = computed(() => [...this.rules()].sort((a, b) => a.name.localeCompare(b.name)));
  private readonly byId = computed(() => new Map(this.rules().map((rule) => [rule.id, rule])));

  constructor() {
    toObservable(inject(Connection).live)
      .pipe(
        filter(Boolean),
        switchMap(() => this.rest.list('/alert-rules').pipe(catchError(() => EMPTY))),
        takeUntilDestroyed(),
      )
      .subscribe((items) => this.rules.set(items.filter(isRule)));
  }

  /** Undefined: it was deleted, or has not been read. */
  get(id: string): StoredRule | undefined {
    return this.byId().get(id);
  }
}
