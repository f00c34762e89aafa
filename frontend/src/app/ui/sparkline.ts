import { Component, computed, input } from '@angular/core';

const WIDTH = 60;
const HEIGHT = 18;
/** Above a level stays so much of it free. */
const ROOM = 1.2;

function yOf(value: number, max: number): number {
  return HEIGHT - 1 - Math.max(0, Math.min(1, value / max)) * (HEIGHT - 2);
}

/** The points of a trail as an SVG path; a gap where a value is NaN. The top of the box is `max`. */
export function sparklinePath(values: Float32Array, max: number): string {
  const step = WIDTH / Math.max(1, values.length - 1);
  let path = '';
  let drawing = false;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? NaN;
    if (Number.isNaN(value)) {
      drawing = false;
      continue;
    }
    path += `${drawing ? 'L' : 'M'}${(index * step).toFixed(1)} ${yOf(value, max).toFixed(1)}`;
    drawing = true;
  }
  return path;
}

/** The last minutes of a figure as a line, decoration beside the figure itself. */
@Component({
  selector: 'ui-sparkline',
  host: { 'aria-hidden': 'true' },
  template: `<svg viewBox="0 0 60 18" preserveAspectRatio="none">
    @if (levelY(); as y) {
      <line class="level" x1="0" x2="60" [attr.y1]="y" [attr.y2]="y" />
    }
    <path [attr.d]="path()" />
  </svg>`,
  styles: `
    :host {
      display: block;
      height: 18px;
    }
    svg {
      display: block;
      width: 100%;
      height: 100%;
      overflow: visible;
    }
    .level {
      stroke: var(--bad-dot);
      stroke-dasharray: 3 3;
      vector-effect: non-scaling-stroke;
      forced-color-adjust: none;
    }
    path {
      fill: none;
      stroke: var(--meter);
      stroke-width: 1.25;
      stroke-linejoin: round;
      vector-effect: non-scaling-stroke;
    }
  `,
})
export class Sparkline {
  readonly values = input.required<Float32Array>();
  /** The least value that the full height stands for: keeps an idle line flat. */
  readonly floor = input(1);
  /** A level that is drawn across, as a threshold is; it is always inside. */
  readonly level = input<number | null>(null);
  private readonly max = computed(() => {
    let max = Math.max(this.floor(), (this.level() ?? 0) * ROOM);
    for (const value of this.values()) if (value > max) max = value;
    return max;
  });
  protected readonly path = computed(() => sparklinePath(this.values(), this.max()));
  protected readonly levelY = computed(() => {
    const level = this.level();
    return level === null ? null : yOf(level, this.max()).toFixed(1);
  });
}
