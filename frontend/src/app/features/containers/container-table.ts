import { Component, computed, inject } from '@angular/core';
import { Connection } from '../../core/connection.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { LinkState } from '../../core/link-state.ts';
import { rowWindow } from '../../ui/row-window.ts';
import type { SortKey } from './container-list.ts';
import { ContainerRow } from './container-row.ts';
import { ContainerView } from './container-view.ts';

interface Column {
  key: SortKey;
  label: string;
  /** What a screen reader says where the label is short. */
  spoken?: string;
  className: string;
}

const COLUMNS: readonly Column[] = [
  { key: 'name', label: 'Name', className: 'name' },
  { key: 'project', label: 'Project / service', className: 'project' },
  { key: 'host', label: 'Host', className: 'host' },
  { key: 'cpu', label: 'CPU', className: 'num cpu' },
  { key: 'mem', label: 'Memory', className: 'num mem' },
  { key: 'rx', label: 'Net in', className: 'num rate' },
  { key: 'tx', label: 'Net out', className: 'num rate' },
  { key: 'rd', label: 'Read', spoken: 'Disk read', className: 'num rate disk' },
  { key: 'wr', label: 'Write', spoken: 'Disk write', className: 'num rate disk' },
  { key: 'pids', label: 'Pids', spoken: 'Processes', className: 'num pids' },
  { key: 'uptime', label: 'Uptime', className: 'num uptime' },
];

/** The containers as a table that stays one to screen readers, of which only the rows near the screen are drawn. */
@Component({
  selector: 'app-container-table',
  imports: [ContainerRow],
  templateUrl: './container-table.html',
  styleUrl: './container-table.css',
})
export class ContainerTable {
  private readonly connection = inject(Connection);
  private readonly hosts = inject(HostStore);
  private readonly link = inject(LinkState);
  protected readonly view = inject(ContainerView);
  protected readonly columns = COLUMNS;
  protected readonly window = rowWindow(computed(() => this.view.rows().length));
  protected readonly drawn = computed(() => {
    const { start, end } = this.window.range();
    const hosts = this.hosts.byKey();
    const offline = !this.connection.live() && !this.link.polling();
    return this.view
      .rows()
      .slice(start, end)
      .map((container, index) => ({
        container,
        index: start + index + 2,
        stale: offline || (hosts.get(container.host)?.status ?? 'up') !== 'up',
      }));
  });

  protected ariaSort(key: SortKey): 'ascending' | 'descending' | null {
    const sort = this.view.sort();
    if (sort.key !== key) return null;
    return sort.descending ? 'descending' : 'ascending';
  }
}
