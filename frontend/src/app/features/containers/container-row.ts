import { Component, computed, inject, input } from '@angular/core';
import type { Container } from '@deckwatch/contracts';
import { formatBytes, formatDuration, formatPercent, formatRate, type StatCol } from '@deckwatch/contracts/wire';
import { Now } from '../../core/now.ts';
import { Repaint } from '../../core/repaint.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { StatsStore } from '../../core/stores/stats-store.ts';
import { lookOf } from '../../core/troubles/container-look.ts';
import { Meter } from '../../ui/meter.ts';
import { Sparkline } from '../../ui/sparkline.ts';
import { StatusDot } from '../../ui/status-dot.ts';
import { ColumnChoice } from './column-choice.ts';

/** One container in the table: what it is, and its figures of this moment. */
@Component({
  selector: 'tr[app-container-row]',
  imports: [Meter, Sparkline, StatusDot],
  host: {
    role: 'row',
    '[class.off]': '!isRunning()',
    '[class.stale]': 'stale()',
    '[class.opened]': 'opened()',
    '[class.hostless]': "!shown().has('host')",
    '[class.peopled]': "shown().has('people')",
    '[class.stateless]': "!shown().has('state')",
  },
  templateUrl: './container-row.html',
  styleUrls: ['./columns.css', './container-row.css'],
})
export class ContainerRow {
  private readonly stats = inject(StatsStore);
  private readonly sessions = inject(SessionStore);
  private readonly now = inject(Now);
  private readonly repaint = inject(Repaint);
  protected readonly shown = inject(ColumnChoice).shown;
  readonly container = input.required<Container>();
  /** Where a click leads. */
  readonly href = input.required<string>();
  /** Its place among the rows that are drawn. */
  readonly place = input(0);
  /** Whether the Tab key stops here. */
  readonly stop = input(false);
  /** Whether it is open beside the table. */
  readonly opened = input(false);
  /** Whether the figures are older than they should be. */
  readonly stale = input(false);

  protected readonly look = computed(() => lookOf(this.container()));
  protected readonly spoken = computed(() => (this.stale() ? `${this.look().text}, last known` : this.look().text));
  /** What the second line of a narrow row says beside the state. */
  protected readonly whence = computed(() => {
    const { demo, project, image } = this.container();
    const people = this.people();
    return `${project ?? image}${people ? ` · ${people} on it` : ''}${demo ? ' · demo' : ''}`;
  });
  /** How many are active on it; null: nobody says that it serves an app. */
  protected readonly people = computed(() => this.sessions.peopleOn(this.container()));
  protected readonly peopleTitle = computed(() => {
    const { project, service } = this.container();
    return this.people() === null ? '' : `Active sessions of what ${project} / ${service} serves`;
  });
  protected readonly isRunning = computed(() => this.container().state === 'running');
  protected readonly uptime = computed(() => {
    const { startedAt } = this.container();
    return this.isRunning() && startedAt !== null ? formatDuration(this.now.server() - startedAt) : '–';
  });
  protected readonly figures = computed(() => this.readFigures(), { equal: sameFigures });
  protected readonly trail = computed(
    () => {
      this.repaint.turn(this.place());
      return this.stats.trail(this.container().key, 'cpu');
    },
    { equal: sameTrail },
  );

  private readFigures() {
    this.repaint.turn(this.place());
    const { key } = this.container();
    const figure = (col: StatCol) => this.stats.figure(key, col);
    const mem = figure('mem');
    const limit = figure('memLimit');
    return {
      cpu: formatPercent(figure('cpu')),
      mem: formatBytes(mem),
      limit: limit === null ? '' : formatBytes(limit),
      memShare: mem !== null && limit ? mem / limit : null,
      rx: formatRate(figure('rx')),
      tx: formatRate(figure('tx')),
      rd: formatRate(figure('rd')),
      wr: formatRate(figure('wr')),
      pids: figure('pids')?.toString() ?? '–',
    };
  }
}

function sameFigures<T extends object>(a: T, b: T): boolean {
  return (Object.keys(a) as (keyof T)[]).every((name) => a[name] === b[name]);
}

function sameTrail(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, at) => Object.is(value, b[at]));
}
