import { Component, computed, ElementRef, inject, signal, viewChild } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { Connection } from '../../core/connection.ts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { StatsStore } from '../../core/stores/stats-store.ts';
import { LinkState } from '../../core/link-state.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { Icon } from '../../ui/icon.ts';
import { ContainerTable } from './container-table.ts';
import { TROUBLED } from './container-list.ts';
import { ContainerView } from './container-view.ts';

/** All containers of all hosts, live. */
@Component({
  selector: 'app-containers-page',
  imports: [ContainerTable, EmptyState, Icon, RouterOutlet],
  providers: [ContainerView],
  host: { '(document:keydown)': 'focusSearch($event)' },
  templateUrl: './containers-page.html',
  styleUrl: './containers-page.css',
})
export class ContainersPage {
  private readonly search = viewChild.required<ElementRef<HTMLInputElement>>('search');
  private readonly containers = inject(ContainerStore);
  private readonly stats = inject(StatsStore);
  protected readonly connection = inject(Connection);
  protected readonly link = inject(LinkState);
  protected readonly hosts = inject(HostStore);
  protected readonly view = inject(ContainerView);
  protected readonly skeleton = Array.from({ length: 8 }, (_, index) => index);

  /** Whether a container's panel stands over the table. */
  protected readonly covered = signal(false);

  protected readonly loaded = computed(() => this.containers.feed.loaded());
  protected readonly shown = computed(() => this.view.rows().length);
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
    this.containers.feed.watch();
    this.stats.feed.watch();
  }

  protected chipText(state: string): string {
    return state === TROUBLED ? 'in trouble' : state;
  }

  protected toggleState(state: string): void {
    this.view.narrow({ state: this.view.filter().state === state ? '' : state });
  }

  /** `/` as in many tools; not while someone types. */
  protected focusSearch(event: KeyboardEvent): void {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement | null;
    if (target?.closest('input, textarea, select, [contenteditable]')) return;
    event.preventDefault();
    this.search().nativeElement.focus();
    this.search().nativeElement.select();
  }
}
