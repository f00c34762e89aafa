import { Component, computed, inject, input, signal } from '@angular/core';
import { formatBytes, formatPercent, formatRate } from '@deckwatch/contracts/wire';
import { StatsStore } from '../../core/stores/stats-store.ts';
import type { Aligned } from '../../core/trace.ts';
import { TimeChart, type ChartLine } from '../../ui/time-chart.ts';
import { ContainerTrace } from './container-trace.ts';

/** As the charts' axes write it. */
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const line = (label: string, color: string, more: Partial<ChartLine> = {}): ChartLine => ({ label, color, ...more });

/** The last 15 minutes of a container as charts whose cursors move together; the legends read what it stands on. */
@Component({
  selector: 'app-container-charts',
  imports: [TimeChart],
  templateUrl: './container-charts.html',
  styleUrl: './container-charts.css',
})
export class ContainerCharts {
  private readonly stats = inject(StatsStore);
  private readonly trace = inject(ContainerTrace);
  readonly key = input.required<string>();
  readonly stale = input(false);

  private readonly cpu = this.trace.aligned('cpu');
  private readonly network = this.trace.aligned('rx', 'tx');
  private readonly disk = this.trace.aligned('rd', 'wr');
  private readonly used = this.trace.aligned('mem');
  private readonly limit = computed(() => (this.stats.feed.version(), this.stats.figure(this.key(), 'memLimit')));
  /** A limit has no past: it is drawn as it is now. */
  private readonly memory = computed((): Aligned => {
    const [times, used] = this.used();
    const limit = this.limit();
    return limit === null ? [times, used!] : [times, used!, times.map(() => limit)];
  });

  private readonly pointedAt = signal<number | null>(null);
  /** Where the slider stands, for those who use no pointer. */
  protected readonly slid = signal<number | null>(null);
  /** The place in the data that the legends tell of; null: now. */
  private readonly at = computed(() => this.slid() ?? this.pointedAt());
  protected readonly last = computed(() => this.cpu()[0].length - 1);
  protected readonly timeText = computed(() => {
    const at = this.at();
    const seconds = at === null ? undefined : this.cpu()[0][at];
    return seconds === undefined ? '' : clock.format(seconds * 1000);
  });
  private readonly live = computed(() => {
    this.stats.feed.version();
    return (col: Parameters<StatsStore['figure']>[1]) => this.stats.figure(this.key(), col);
  });

  protected readonly charts = computed(() => {
    const figure = this.live();
    const limit = this.limit();
    const at = this.at();
    const read = (data: Aligned, column: number, now: number | null) =>
      at === null ? now : (data[column]?.[at] ?? null);
    const used = line('used', '--chart-1', { filled: true });
    const percent = { format: formatPercent, floor: 10, binary: false };
    const rates = { format: formatRate, floor: 1024, binary: true };
    const pair = (title: string, data: Aligned, labels: [string, string], now: [number | null, number | null]) => ({
      ...rates,
      title,
      data,
      lines: [line(labels[0], '--chart-1', { filled: true }), line(labels[1], '--chart-2')],
      legend: labels.map((label, index) => ({ label, text: formatRate(read(data, index + 1, now[index] ?? null)) })),
      note: '',
    });
    return [
      { ...percent, title: 'CPU', data: this.cpu(), lines: CPU_LINES, legend: [{ label: '', text: formatPercent(read(this.cpu(), 1, figure('cpu'))) }], note: 'of one core' },
      {
        format: formatBytes, floor: 1_048_576, binary: true, title: 'Memory', data: this.memory(),
        lines: limit === null ? [used] : [used, line('limit', '--bad-dot', { dashed: true })],
        legend: [{ label: '', text: formatBytes(read(this.used(), 1, figure('mem'))) }],
        note: limit === null ? '' : `of ${formatBytes(limit)}`,
      },
      pair('Network', this.network(), ['in', 'out'], [figure('rx'), figure('tx')]),
      pair('Disk', this.disk(), ['read', 'write'], [figure('rd'), figure('wr')]),
    ]; // prettier-ignore
  });
  /** The legends in a sentence, for the slider. */
  protected readonly spoken = computed(() => {
    const parts = this.charts().map(
      ({ title, legend }) => `${title} ${legend.map(({ label, text }) => `${label} ${text}`.trim()).join(', ')}`,
    );
    return `${this.timeText() || 'now'}: ${parts.join('; ')}`;
  });

  protected point(at: number | null): void {
    this.pointedAt.set(at);
  }

  protected slide(at: number): void {
    this.slid.set(at >= this.last() ? null : at);
  }
}

const CPU_LINES: ChartLine[] = [line('CPU', '--chart-1', { filled: true })];
