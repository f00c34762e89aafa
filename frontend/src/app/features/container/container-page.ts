import { Component, computed, effect, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { formatBytes, formatDuration, formatPercent, formatRate } from '@deckwatch/contracts/wire';
import { Now } from '../../core/now.ts';
import { AlertStore } from '../../core/stores/alert-store.ts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { StatsStore } from '../../core/stores/stats-store.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { Icon } from '../../ui/icon.ts';
import type { Aligned } from '../../core/trace.ts';
import { StatusDot } from '../../ui/status-dot.ts';
import { TimeChart, type ChartLine } from '../../ui/time-chart.ts';
import { severityTone } from '../alerts/alert-words.ts';
import { lookOf } from '../containers/container-look.ts';
import { ContainerTrace } from './container-trace.ts';
import { SheetManners } from './sheet-manners.ts';

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const timeOf = (t: number | null): string => (t === null ? '–' : dateTime.format(t));

/** One container: its last 15 minutes, live, and what it is. */
@Component({
  selector: 'app-container-page',
  imports: [EmptyState, Icon, RouterLink, StatusDot, TimeChart],
  providers: [ContainerTrace, SheetManners],
  host: {
    role: 'region',
    tabindex: '-1',
    '[attr.aria-label]': "'Container ' + (container()?.name ?? id())",
    '(document:keydown)': 'manners.take($event)',
  },
  templateUrl: './container-page.html',
  styleUrl: './container-page.css',
})
export class ContainerPage {
  private readonly containers = inject(ContainerStore);
  private readonly stats = inject(StatsStore);
  private readonly hosts = inject(HostStore);
  private readonly alertStore = inject(AlertStore);
  private readonly trace = inject(ContainerTrace);
  private readonly now = inject(Now);
  protected readonly manners = inject(SheetManners);
  /** From the address. */
  readonly host = input.required<string>();
  readonly id = input.required<string>();

  protected readonly key = computed(() => `${this.host()}.${this.id()}`);
  protected readonly loaded = this.containers.feed.loaded;
  protected readonly container = computed(() => {
    this.containers.feed.version();
    return this.containers.get(this.key());
  });
  protected readonly look = computed(() => {
    const container = this.container();
    return container ? lookOf(container) : undefined;
  });
  protected readonly stale = computed(() => (this.hosts.byKey().get(this.host())?.status ?? 'up') !== 'up');
  protected readonly alerts = computed(() =>
    this.alertStore
      .active()
      .filter(({ target }) => target.kind === 'container' && target.key === this.key())
      .map((alert) => ({ alert, tone: severityTone(alert.severity) })),
  );
  protected readonly uptime = computed(() => {
    const container = this.container();
    if (container?.state !== 'running' || container.startedAt === null) return '–';
    return formatDuration(this.now.server() - container.startedAt);
  });
  protected readonly facts = computed(() => {
    const container = this.container();
    if (!container) return [];
    const { image, host, project, service, id, createdAt, startedAt, restarts, exitCode } = container;
    const facts: [string, string][] = [
      ['Image', image],
      ['Host', host],
      ['Project', project ?? '–'],
      ['Service', service ?? '–'],
      ['Id', id],
      ['Created', timeOf(createdAt)],
      ['Started', timeOf(startedAt)],
      ['Restarts', String(restarts)],
    ];
    if (exitCode !== null && container.state !== 'running') facts.push(['Exit code', String(exitCode)]);
    return facts;
  });
  protected readonly labels = computed(() =>
    Object.entries(this.container()?.labels ?? {}).sort(([a], [b]) => a.localeCompare(b)),
  );

  protected readonly cpu = this.trace.aligned('cpu');
  protected readonly network = this.trace.aligned('rx', 'tx');
  protected readonly disk = this.trace.aligned('rd', 'wr');
  private readonly used = this.trace.aligned('mem');
  /** A limit has no past: it is drawn as it is now. */
  protected readonly memory = computed((): Aligned => {
    const [times, used] = this.used();
    const limit = this.limit();
    return limit === null ? [times, used!] : [times, used!, times.map(() => limit)];
  });
  protected readonly cpuLines: ChartLine[] = [{ label: 'CPU', color: '--chart-1', filled: true }];
  protected readonly networkLines: ChartLine[] = [
    { label: 'in', color: '--chart-1', filled: true },
    { label: 'out', color: '--chart-2' },
  ];
  protected readonly diskLines: ChartLine[] = [
    { label: 'read', color: '--chart-1', filled: true },
    { label: 'write', color: '--chart-2' },
  ];
  private readonly limit = computed(() => (this.stats.feed.version(), this.stats.figure(this.key(), 'memLimit')));
  protected readonly memoryLines = computed((): ChartLine[] => {
    const used = { label: 'used', color: '--chart-1', filled: true };
    return this.limit() === null ? [used] : [used, { label: 'limit', color: '--bad-dot', dashed: true }];
  });
  protected readonly figures = computed(() => {
    this.stats.feed.version();
    const figure = (col: Parameters<StatsStore['figure']>[1]) => this.stats.figure(this.key(), col);
    const limit = this.limit();
    return {
      cpu: formatPercent(figure('cpu')),
      mem: formatBytes(figure('mem')),
      limit: limit === null ? '' : formatBytes(limit),
      rx: formatRate(figure('rx')),
      tx: formatRate(figure('tx')),
      rd: formatRate(figure('rd')),
      wr: formatRate(figure('wr')),
      pids: figure('pids')?.toString() ?? '–',
    };
  });
  protected readonly percent = formatPercent;
  protected readonly bytes = formatBytes;
  protected readonly rate = formatRate;

  constructor() {
    this.containers.feed.watch();
    this.stats.feed.watch();
    effect(() => {
      this.manners.key.set(this.key());
      this.trace.follow(this.host(), this.id());
    });
  }
}
