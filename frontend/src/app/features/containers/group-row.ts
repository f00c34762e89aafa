import { Component, computed, inject, input, output } from '@angular/core';
import { formatBytes, formatPercent, formatRate } from '@deckwatch/contracts/wire';
import { StatsStore } from '../../core/stores/stats-store.ts';
import { ColumnChoice } from './column-choice.ts';
import type { Group } from './container-groups.ts';

/** The head of a group of containers, with the sums of their figures. */
@Component({
  selector: 'tr[app-group-row]',
  host: { role: 'row', '[class.peopled]': "shown().has('people')" },
  templateUrl: './group-row.html',
  styleUrls: ['./columns.css', './group-row.css'],
})
export class GroupRow {
  private readonly stats = inject(StatsStore);
  protected readonly shown = inject(ColumnChoice).shown;
  readonly group = input.required<Group>();
  readonly open = input.required<boolean>();
  /** What stands for the name where there is none. */
  readonly nameless = input('');
  /** Whether the Tab key stops here. */
  readonly stop = input(false);
  readonly toggled = output<boolean>();

  private readonly keys = computed(() => this.group().members.map(({ key }) => key));
  protected readonly name = computed(() => this.group().name || this.nameless());
  protected readonly restarts = computed(() => this.group().members.reduce((sum, { restarts }) => sum + restarts, 0));
  protected readonly sums = computed(() => {
    this.stats.feed.version();
    const { cpu, mem, rx, tx, rd, wr, pids } = this.stats.sums(this.keys());
    return {
      cpu: formatPercent(cpu),
      mem: formatBytes(mem),
      rx: formatRate(rx),
      tx: formatRate(tx),
      rd: formatRate(rd),
      wr: formatRate(wr),
      pids: pids?.toString() ?? '–',
    };
  });
}
