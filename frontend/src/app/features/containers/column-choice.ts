import { computed, inject, Service } from '@angular/core';
import { Preferences } from '../../core/preferences.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { COLUMNS, NEEDS_PLACES, USUALLY_HIDDEN } from './columns.ts';
import type { SortKey } from './container-order.ts';

/** Which columns of the table are wanted; narrow screens show fewer of them. */
@Service()
export class ColumnChoice {
  private readonly hidden = inject(Preferences).signal<readonly string[]>('columns.hidden', USUALLY_HIDDEN, (names) =>
    names.every((name) => typeof name === 'string'),
  );
  private readonly places = inject(SessionStore).places;
  /** Those that have anything to show. */
  readonly offered = computed(() => COLUMNS.filter(({ key }) => key !== NEEDS_PLACES || this.places().length > 0));
  readonly shown = computed((): ReadonlySet<SortKey> => {
    const hidden = new Set(this.hidden());
    hidden.delete('name');
    return new Set(
      this.offered()
        .map(({ key }) => key)
        .filter((key) => !hidden.has(key)),
    );
  });
  readonly columns = computed(() => COLUMNS.filter(({ key }) => this.shown().has(key)));

  show(key: SortKey, shown: boolean): void {
    const others = this.hidden().filter((hidden) => hidden !== key);
    this.hidden.set(shown ? others : [...others, key]);
  }

  reset(): void {
    this.hidden.set(USUALLY_HIDDEN);
  }
}
