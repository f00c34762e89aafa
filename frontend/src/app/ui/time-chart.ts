import {
  afterNextRender,
  Component,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  input,
  output,
  signal,
} from '@angular/core';
import type uPlot from 'uplot';
import type { Aligned } from '../core/trace.ts';

/** One line of a chart. The colour is a token; a dashed line is a limit, not a measurement. */
export interface ChartLine {
  label: string;
  color: string;
  filled?: boolean;
  dashed?: boolean;
}

const HEIGHT = 148;
const AXIS_WIDTH = 68;
const MINUTE = 60;
/** Half as wide as a time of day: one nearer to the corner would run into the figures beside it. */
const CORNER = 16;
const POWERS_OF_TWO = Array.from({ length: 60 }, (_, power) => 2 ** power);

function clocks(plot: uPlot, times: number[]): string[] {
  const clock = (t: number) => new Date(t * 1000).toTimeString().slice(0, 5);
  return times.map((t) => (plot.valToPos(t, 'x') < CORNER ? '' : clock(t)));
}

/** Figures over time, as lines that move. Those who don't see it are told the last figure and the range. */
@Component({
  selector: 'ui-time-chart',
  host: { role: 'img', '[attr.aria-label]': 'spoken()' },
  template: '',
  styles: `
    :host {
      display: block;
      height: 148px;
    }
  `,
})
export class TimeChart {
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly title = input.required<string>();
  readonly lines = input.required<readonly ChartLine[]>();
  readonly data = input.required<Aligned>();
  readonly format = input.required<(value: number | null) => string>();
  /** The least value that the full height stands for: keeps an idle line flat. */
  readonly floor = input(1);
  /** Whether the figures are bytes: lines then stand at powers of two. */
  readonly binary = input(false);
  /** Charts of one name show their cursors at the same time. */
  readonly sync = input<string>();
  /** Where the cursor stands when no pointer moves it: a place in the data; null: nowhere. */
  readonly cursor = input<number | null>(null);
  /** The place in the data that is pointed at; null: none. */
  readonly pointed = output<number | null>();
  private readonly plot = signal<uPlot | undefined>(undefined);

  protected readonly spoken = computed(() => {
    const parts = this.lines().map((line, index) => this.sentence(line, this.data()[index + 1] ?? []));
    return `${this.title()} over the last 15 minutes. ${parts.join('. ')}`;
  });

  constructor() {
    const destroyed = inject(DestroyRef);
    afterNextRender(() => void this.open(destroyed));
    effect(() => this.plot()?.setData(this.data() as uPlot.AlignedData));
    effect(() => this.showCursor(this.plot(), this.cursor()));
  }

  private showCursor(plot: uPlot | undefined, at: number | null): void {
    const time = at === null ? undefined : this.data()[0][at];
    plot?.setCursor({ left: time === undefined ? -10 : plot.valToPos(time, 'x'), top: -10 }, false);
  }

  private sentence({ label }: ChartLine, figures: readonly (number | null)[]): string {
    const known = figures.filter((figure) => figure !== null);
    if (known.length === 0) return `${label}: not known`;
    const [low, high] = known.reduce(([min, max], figure) => [Math.min(min, figure), Math.max(max, figure)], [Infinity, -Infinity] as [number, number]); // prettier-ignore
    const text = this.format();
    return `${label}: ${text(known.at(-1)!)}, between ${text(low)} and ${text(high)}`;
  }

  private async open(destroyed: DestroyRef): Promise<void> {
    const { default: Plot } = await import('uplot');
    if (destroyed.destroyed) return;
    const draw = (): void => {
      this.plot()?.destroy();
      this.plot.set(new Plot(this.options(), this.data() as uPlot.AlignedData, this.element));
    };
    draw();
    const resized = new ResizeObserver(() => this.plot()?.setSize({ width: this.width(), height: HEIGHT }));
    resized.observe(this.element);
    const looks = ['(prefers-color-scheme: dark)', 'print'].map((query) => matchMedia(query));
    for (const look of looks) look.addEventListener('change', draw);
    const themed = new MutationObserver(draw);
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    destroyed.onDestroy(() => {
      resized.disconnect();
      themed.disconnect();
      for (const look of looks) look.removeEventListener('change', draw);
      this.plot()?.destroy();
    });
  }

  private width(): number {
    return Math.max(120, this.element.clientWidth);
  }

  /** A canvas knows no tokens: their colours are read when it is drawn. */
  private color(token: string): string {
    const probe = document.createElement('i');
    probe.style.cssText = `color: var(${token}); forced-color-adjust: none`;
    this.element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }

  private options(): uPlot.Options {
    const axis = { stroke: this.color('--text-faint'), font: `11px ${getComputedStyle(this.element).fontFamily}` };
    const grid = { stroke: this.color('--line'), width: 1 };
    const format = this.format();
    return {
      width: this.width(),
      height: HEIGHT,
      padding: [8, 16, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 }, ...this.inStep() },
      hooks: { setCursor: [(plot) => this.pointed.emit(plot.cursor.idx ?? null)] },
      legend: { show: false },
      scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(this.floor(), max ?? 0) * 1.08] } },
      axes: [
        { ...axis, grid: { show: false }, ticks: { show: false }, size: 26, space: 60, incrs: [MINUTE, 5 * MINUTE], values: clocks }, // prettier-ignore
        { ...axis, grid, ticks: { show: false }, size: AXIS_WIDTH, space: 36, ...(this.binary() && { incrs: POWERS_OF_TWO }), values: (_, ticks) => ticks.map((tick) => format(tick)) }, // prettier-ignore
      ],
      series: [{}, ...this.lines().map((line) => this.series(line))],
    };
  }

  private inStep(): Pick<uPlot.Cursor, 'sync'> {
    const key = this.sync();
    return key === undefined ? {} : { sync: { key, setSeries: false } };
  }

  private series({ label, color, filled, dashed }: ChartLine): uPlot.Series {
    const stroke = this.color(color);
    return {
      label,
      stroke,
      width: dashed ? 1 : 1.5,
      points: { show: false },
      ...(dashed && { dash: [4, 4] }),
      ...(filled && { fill: stroke.replace(/rgb\((.*)\)/, 'rgba($1, 0.12)') }),
    };
  }
}
