import { Component, computed, inject, output, signal } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { debounceTime } from 'rxjs';
import { Commands } from '../../core/commands.ts';
import { Shortcuts } from '../../core/shortcuts.ts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { Choice } from '../../ui/choice.ts';
import { SearchField } from '../../ui/search-field.ts';
import { ColumnMenu } from './column-menu.ts';
import type { Grouping } from './container-groups.ts';
import { TROUBLED } from './container-list.ts';
import { ContainerView } from './container-view.ts';

/** A count that is read aloud has to rest for so long. */
const SAY_MS = 800;

/** What narrows and arranges the table: search, filters, grouping, columns, and how many rows that leaves. */
@Component({
  selector: 'app-filter-bar',
  imports: [Choice, ColumnMenu, SearchField],
  host: { role: 'search' },
  templateUrl: './filter-bar.html',
  styleUrl: './filter-bar.css',
})
export class FilterBar {
  private readonly commands = inject(Commands);
  private readonly containers = inject(ContainerStore);
  private readonly hostStore = inject(HostStore);
  protected readonly view = inject(ContainerView);
  /** Hosts report every second, their names stay. */
  protected readonly hosts = computed(() => this.hostStore.hosts().map(({ key }) => key), {
    equal: (a, b) => a.join() === b.join(),
  });
  protected readonly groupings = [
    { value: 'project', text: 'By project' },
    { value: 'host', text: 'By host' },
  ];

  /** On narrow screens filters show when they are asked for. */
  protected readonly expanded = signal(false);
  /** How many of those are in use. */
  protected readonly chosen = computed(() => {
    const { host, project, label } = this.view.filter();
    return [host, project, label, this.view.group()].filter((value) => value !== '').length;
  });
  protected readonly labelling = signal(false);
  /** To choose from, looked up only while somebody does. */
  protected readonly labels = computed(() => (this.labelling() ? this.view.labels() : []));
  /** Somebody goes on from the search into the table. */
  readonly entered = output();

  protected readonly tally = computed(() => {
    if (!this.containers.feed.loaded()) return '';
    const total = this.view.total();
    // While only the first page is here nobody knows how many pass the filter.
    if (this.view.isFiltered() && this.containers.partOf() === null) return `${this.view.rows().length} of ${total}`;
    return `${total} ${total === 1 ? 'container' : 'containers'}`;
  });
  protected readonly saidTally = toSignal(toObservable(this.tally).pipe(debounceTime(SAY_MS)), { initialValue: '' });

  constructor() {
    const resort = () => this.view.resort();
    inject(Shortcuts).add({ keys: 'r', does: 'Sort the table now', group: 'Containers' }, resort);
    this.offer('Group containers by project', () => this.view.groupBy('project'));
    this.offer('Group containers by host', () => this.view.groupBy('host'));
    this.offer('Do not group containers', () => this.view.groupBy(''));
    this.offer('Show containers in trouble', () => this.view.narrow({ state: TROUBLED }));
    this.offer('Show all containers', () => this.view.clearFilter());
  }

  private offer(text: string, run: () => void): void {
    this.commands.add({ id: text, text, group: 'Containers', icon: 'sliders', run });
  }

  protected chipText(state: string): string {
    return state === TROUBLED ? 'in trouble' : state;
  }

  protected toggleState(state: string): void {
    this.view.narrow({ state: this.view.filter().state === state ? '' : state });
  }

  protected groupBy(value: string): void {
    this.view.groupBy(value as Grouping | '');
  }
}
