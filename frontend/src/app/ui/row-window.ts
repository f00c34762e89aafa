import { afterNextRender, computed, DestroyRef, ElementRef, inject, signal, type Signal } from '@angular/core';

const OVERSCAN = 12;
/** Rows are taken in and let go so many at a time. */
const STEP = 8;
const DEFAULT_ROW_PX = 34;

export interface RowRange {
  start: number;
  end: number;
}

/** Which of `count` rows to draw for a list that begins `above` px above the top of a view of `height` px. */
export function rangeOf(above: number, height: number, rowPx: number, count: number): RowRange {
  const first = Math.floor(above / rowPx) - OVERSCAN;
  const last = Math.ceil((above + height) / rowPx) + OVERSCAN;
  const start = Math.min(Math.max(0, Math.floor(first / STEP) * STEP), Math.max(0, count - 1));
  return { start, end: Math.min(count, Math.max(start, Math.ceil(last / STEP) * STEP)) };
}

export interface RowWindow {
  readonly range: Signal<RowRange>;
  /** Heights of the rows that are not drawn, in px. */
  readonly before: Signal<number>;
  readonly after: Signal<number>;
}

/**
 * Follows the page's scroll position so that a long table draws only the rows near the screen. Rows are `--row` high;
 * the table stays a table. Call in the injection context of the component whose element begins with the rows.
 */
export function rowWindow(count: Signal<number>): RowWindow {
  const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  const view = signal({ above: 0, height: 800, rowPx: DEFAULT_ROW_PX });
  let pending = false;

  const measure = () => {
    pending = false;
    const top = (element.querySelector('tbody') ?? element).getBoundingClientRect().top;
    const rowPx = parseFloat(getComputedStyle(element).getPropertyValue('--row')) || DEFAULT_ROW_PX;
    view.set({ above: Math.max(0, -top), height: innerHeight || 800, rowPx });
  };
  const measureSoon = () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(measure);
  };
  addEventListener('scroll', measureSoon, { passive: true });
  addEventListener('resize', measureSoon, { passive: true });
  afterNextRender(measure);
  inject(DestroyRef).onDestroy(() => {
    removeEventListener('scroll', measureSoon);
    removeEventListener('resize', measureSoon);
  });

  const range = computed(() => rangeOf(view().above, view().height, view().rowPx, count()), {
    equal: (a, b) => a.start === b.start && a.end === b.end,
  });
  return {
    range,
    before: computed(() => range().start * view().rowPx),
    after: computed(() => (count() - range().end) * view().rowPx),
  };
}
