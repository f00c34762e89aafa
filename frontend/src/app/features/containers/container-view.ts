import { computed, DestroyRef, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { StatsStore } from '../../core/stores/stats-store.ts';
import {
  countByState,
  isFigure,
  matches,
  sortContainers,
  type Filter,
  type Sort,
  type SortKey,
} from './container-list.ts';
import { readAddress, writeAddress } from './view-address.ts';

/** Sorted by a figure, rows may change places so often at most. */
const RESORT_MS = 3000;
const WRITTEN_HERE = 'view';
const NO_FILTER: Filter = { search: '', state: '', host: '' };

/** What the page shows of the containers: which, and in which order; its address says the same. One a page. */
@Injectable()
export class ContainerView {
  private readonly store = inject(ContainerStore);
  private readonly stats = inject(StatsStore);
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly turn = signal(0);
  private held = false;

  readonly filter = signal<Filter>(NO_FILTER);
  readonly sort = signal<Sort>({ key: 'name', descending: false });

  readonly total = computed(() => this.store.containers().length);
  readonly isFiltered = computed(() => Object.values(this.filter()).some((value) => value !== ''));
  readonly states = computed(() => {
    const { host } = this.filter();
    return countByState(this.store.containers().filter((container) => host === '' || container.host === host));
  });
  /** In the order of the table. Moves with the inventory, the filter and the sort, with figures only now and then. */
  readonly rows = computed(() => {
    this.turn();
    const filter = this.filter();
    const chosen = this.store.containers().filter((container) => matches(container, filter));
    const sort = this.sort();
    return untracked(() => sortContainers(chosen, sort, (key, col) => this.stats.figure(key, col)));
  });

  constructor() {
    this.followAddress();
    const timer = setInterval(() => {
      if (!this.held && isFigure(this.sort().key)) this.turn.update((count) => count + 1);
    }, RESORT_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  /** A link, the back button or a reload decide; what is chosen here replaces the address, as it is no page of its own. */
  private followAddress(): void {
    this.route.queryParamMap.pipe(takeUntilDestroyed()).subscribe((params) => {
      // Our own, perhaps already behind what was typed since.
      if (this.router.currentNavigation()?.extras.info === WRITTEN_HERE) return;
      const { filter, sort } = readAddress(params);
      this.filter.set(filter);
      this.sort.set(sort);
    });
    effect(() => {
      const queryParams = writeAddress({ filter: this.filter(), sort: this.sort() });
      const { queryParams: present } = this.route.snapshot;
      if (JSON.stringify(present) === JSON.stringify(queryParams)) return;
      void this.router.navigate([], { relativeTo: this.route, queryParams, replaceUrl: true, info: WRITTEN_HERE });
    });
  }

  /** The first click on a column sorts text upwards and figures downwards, the next one turns it round. */
  sortBy(key: SortKey): void {
    this.sort.update((sort) => ({
      key,
      descending: sort.key === key ? !sort.descending : isFigure(key) || key === 'uptime',
    }));
  }

  narrow(change: Partial<Filter>): void {
    this.filter.update((filter) => ({ ...filter, ...change }));
  }

  clearFilter(): void {
    this.filter.set(NO_FILTER);
  }

  /** Rows keep their places while someone points at them. */
  hold(held: boolean): void {
    this.held = held;
  }
}
