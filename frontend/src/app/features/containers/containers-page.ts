import { Component, computed, inject, signal, viewChild } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, NavigationEnd, Router, RouterOutlet } from '@angular/router';
import { filter, map, startWith, tap } from 'rxjs';
import { Connection } from '../../core/connection.ts';
import { LinkState } from '../../core/link-state.ts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { FirstLook } from '../../core/stores/first-look.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { StatsStore, type Wanted } from '../../core/stores/stats-store.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { ContainerTable } from './container-table.ts';
import { ContainerView } from './container-view.ts';
import { FilterBar } from './filter-bar.ts';
import { listTerms } from './view-address.ts';
import { Loading } from '../../ui/loading.ts';

/** All containers of all hosts, live. */
@Component({
  selector: 'app-containers-page',
  imports: [ContainerTable, EmptyState, FilterBar, Loading, RouterOutlet],
  providers: [ContainerView],
  templateUrl: './containers-page.html',
  styleUrl: './containers-page.css',
})
export class ContainersPage {
  private readonly containers = inject(ContainerStore);
  private readonly stats = inject(StatsStore);
  private readonly route = inject(ActivatedRoute);
  protected readonly table = viewChild(ContainerTable);
  protected readonly connection = inject(Connection);
  protected readonly link = inject(LinkState);
  private readonly hosts = inject(HostStore);
  protected readonly view = inject(ContainerView);
  /** The key of the container that is open over the table. */
  protected readonly opened = toSignal(
    inject(Router).events.pipe(
      filter((event) => event instanceof NavigationEnd),
      startWith(null),
      map(() => this.openedNow()),
    ),
    { initialValue: null },
  );

  protected readonly shown = computed(() => this.view.rows().length);
  /** Nothing to show yet, and nothing to say of it: what there is may still be on its way. */
  protected readonly waiting = computed(
    () => !this.containers.feed.loaded() || (this.shown() === 0 && this.containers.partOf() !== null),
  );
  /** The first reason why no engine tells of containers; empty when one does. */
  protected readonly engineReason = computed(() => {
    const hosts = this.hosts.hosts();
    if (hosts.some((host) => host.engine === 'up')) return '';
    return hosts.find((host) => host.engineReason)?.engineReason ?? '';
  });
  /** Why there is nothing yet, as long as there is nothing. */
  protected readonly waitingFor = computed(() => {
    if (this.connection.live()) return '';
    const state = this.connection.state();
    return state.kind === 'connecting' && state.attempt === 0 ? '' : 'The gateway does not answer yet.';
  });

  constructor() {
    const first$ = inject(FirstLook).take(listTerms(this.view.chosen()));
    const ready = signal(false);
    this.containers.feed.watch(first$.pipe(tap(() => ready.set(true))));
    this.stats.watch(computed((): Wanted => (ready() && this.view.needsAll() ? 'all' : [])));
  }

  private openedNow(): string | null {
    const { host, id } = (this.route.snapshot.firstChild?.params ?? {}) as Record<string, string | undefined>;
    return host && id ? `${host}.${id}` : null;
  }
}
