import { Component, computed, input } from '@angular/core';

const WIDTH = 60;
const HEIGHT = 18;

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
    const y = HEIGHT - 1 - Math.min(1, value / max) * (HEIGHT - 2);
    path += `${drawing ? 'L' : 'M'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    drawing = true;
  }
  return path;
}

/** The last minute of a figure as a line, decoration beside the figure itself. */
@Component({
  selector: 'ui-sparkline',
  host: { 'aria-hidden': 'true' },
  template: `<svg viewBox="0 0 60 18" preserveAspectRatio="none"><path [attr.d]="path()" /></svg>`,
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
  protected readonly path = computed(() => {
    const values = this.values();
    let max = this.floor();
    for (const value of values) if (value > max) max = value;
    return sparklinePath(values, max);
  });
}
