import {
  afterNextRender,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  linkedSignal,
  signal,
  type Signal,
} from '@angular/core';

const OVERSCAN = 8;
/** Rows are taken in and let go so many at a time. */
const STEP = 4;
/** So many more are drawn in a frame at most, or the frame is late: one row takes about 1 ms. */
const MOST_FRESH = 8;
/** Until all were drawn once: none of their code has been compiled yet. */
const FIRST_FRESH = 3;
const DEFAULT_ROW_PX = 34;

/** Rows from `start` up to and without `end`. */
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

/**
 * The rows to draw next on the way from those that are drawn to those that are wanted: with at most `most` new ones. Far
 * from the drawn ones it begins in the middle of the wanted; where none are drawn, with the first of them.
 */
export function towards(drawn: RowRange, wanted: RowRange, most: number): RowRange {
  if (drawn.start === drawn.end) return { start: wanted.start, end: Math.min(wanted.end, wanted.start + most) };
  const middle = Math.floor((wanted.start + wanted.end) / 2);
  const isApart = drawn.end <= wanted.start || drawn.start >= wanted.end;
  const start = isApart ? middle : Math.max(drawn.start, wanted.start);
  const end = isApart ? middle : Math.min(drawn.end, wanted.end);
  const [above, below] = [start - wanted.start, wanted.end - end];
  const before = Math.min(above, Math.max(Math.floor(most / 2), most - below));
  return { start: start - before, end: end + Math.min(below, most - before) };
}

/** The same with one more row, wherever it is: a row that has the focus must not go away. */
export function rangesWith({ start, end }: RowRange, kept: number, count: number): RowRange[] {
  const range = { start, end };
  if (kept < 0 || kept >= count || (kept >= start && kept < end)) return [range];
  const row = { start: kept, end: kept + 1 };
  return kept < start ? [row, range] : [range, row];
}

/**
 * Which place of the document each drawn row takes: that of its index, counted round `capacity` places, so that a row
 * that stays keeps its place and one that comes takes the place of one that went. A row that is kept from outside the range
 * has its own; the one that would take it steps aside.
 */
export function slotOf(index: number, capacity: number, kept: number | null): number {
  const slot = index % capacity;
  return kept !== null && kept !== index && kept % capacity === slot ? capacity : slot;
}

function sameRange(a: RowRange, b: RowRange): boolean {
  return a.start === b.start && a.end === b.end;
}

export interface RowWindow {
  readonly range: Signal<RowRange>;
  /** More than are ever drawn at once. */
  readonly capacity: Signal<number>;
  readonly rowPx: Signal<number>;
  /** Scrolls as little as it takes to bring a row into view, below what sticks to the top. */
  reveal(index: number): void;
}

/**
 * Follows the page's scroll position so that a long table draws only the rows near the screen. Rows are `--row` high;
 * the table stays a table. Call in the injection context of the component whose element begins with the rows.
 */
export function rowWindow(count: Signal<number>): RowWindow {
  const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  const view = signal(
    { above: 0, height: 800, rowPx: DEFAULT_ROW_PX },
    { equal: (a, b) => a.above === b.above && a.height === b.height && a.rowPx === b.rowPx },
  );
  let pending = 0;
  let isWarm = false;

  const wanted = computed(() => rangeOf(view().above, view().height, view().rowPx, count()), { equal: sameRange });
  const frame = signal(0);
  const range = linkedSignal<{ wanted: RowRange; frame: number }, RowRange>({
    source: () => ({ wanted: wanted(), frame: frame() }),
    computation: ({ wanted }, before) =>
      towards(before?.value ?? { start: 0, end: 0 }, wanted, isWarm ? MOST_FRESH : FIRST_FRESH),
    equal: sameRange,
  });
  effect(() => {
    if (!sameRange(range(), wanted())) measureSoon();
    else if (range().end > 0) isWarm = true;
  });

  const body = () => element.querySelector('tbody') ?? element;
  const measure = () => {
    pending = 0;
    if (!sameRange(range(), wanted())) frame.update((count) => count + 1);
    const top = body().getBoundingClientRect().top;
    const rowPx = parseFloat(getComputedStyle(element).getPropertyValue('--row')) || DEFAULT_ROW_PX;
    view.set({ above: Math.max(0, -top), height: innerHeight || 800, rowPx });
  };
  const measureSoon = () => {
    pending ||= requestAnimationFrame(measure);
  };
  addEventListener('scroll', measureSoon, { passive: true });
  addEventListener('resize', measureSoon, { passive: true });
  // Rows of another height change the element's own.
  const sizes = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(measureSoon);
  sizes?.observe(element);
  // Not at once: it would have the page laid out within the turn that draws it.
  afterNextRender(measureSoon);
  inject(DestroyRef).onDestroy(() => {
    sizes?.disconnect();
    cancelAnimationFrame(pending);
    removeEventListener('scroll', measureSoon);
    removeEventListener('resize', measureSoon);
  });

  return {
    range: range.asReadonly(),
    capacity: computed(() => Math.ceil(view().height / view().rowPx) + 2 * OVERSCAN + 3 * STEP),
    rowPx: computed(() => view().rowPx),
    reveal: (index) => {
      const { rowPx, height } = view();
      const top = body().getBoundingClientRect().top + index * rowPx;
      const head = element.querySelector('thead');
      const covered = head ? head.getBoundingClientRect().height + (parseFloat(getComputedStyle(head).top) || 0) : 0;
      const before = top - covered;
      const after = top + rowPx - height + rowPx / 2;
      if (before < 0) scrollBy({ top: before, behavior: 'instant' });
      else if (after > 0) scrollBy({ top: after, behavior: 'instant' });
      measure();
    },
  };
}
