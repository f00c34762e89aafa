import { computed, inject, Service } from '@angular/core';
import { Preferences } from '../../core/preferences.ts';
import { COLUMNS, USUALLY_HIDDEN } from './columns.ts';
import type { SortKey } from './container-order.ts';

/** Which columns of the table are wanted; narrow screens show fewer of them. */
@Service()
export class ColumnChoice {
  private readonly hidden = inject(Preferences).signal<readonly string[]>('columns.hidden', USUALLY_HIDDEN, (names) =>
    names.every((name) => typeof name === 'string'),
  );
  readonly shown = computed((): ReadonlySet<SortKey> => {
    const hidden = new Set(this.hidden());
    hidden.delete('name');
    return new Set(COLUMNS.map(({ key }) => key).filter((key) => !hidden.has(key)));
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
