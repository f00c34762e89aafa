import { STAT_COLS, type HistoryQuery, type HistorySeries, type StatCol } from '@deckwatch/contracts';
import { SLOT_MS, type SampleRing } from '../rings/sample-ring.ts';

/** The question can't be answered as it stands. */
export class BadQuery extends Error {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
    this.name = 'BadQuery';
  }
}

type Bucket = HistorySeries['series'][string][number];

/**
 * Answers a range from a ring: for each metric at most `points` buckets of `[t, min, average, max]`, `t` being the
 * bucket's start. The range is first cut to what the ring holds, so that the points asked for are not spent on time of
 * which nothing is known; buckets without a known sample are left out. No ring: empty series. Throws BadQuery.
 */
export function answerRange(query: HistoryQuery, ring: SampleRing | undefined): HistorySeries {
  if (query.to < query.from) throw new BadQuery('to', 'to: not before from');
  const columns = query.metrics.map((metric) => [metric, columnOf(metric)] as const);
  const from = Math.max(query.from, ring?.oldestAt ?? query.from);
  const to = Math.min(query.to, ring?.newestAt ?? query.to);
  const grid = gridOf(from, to, query.points);
  const series = Object.fromEntries(
    columns.map(([metric, column]) => [metric, ring ? bucketsOf(ring, column, from, to, grid) : []]),
  );
  return { series, resolutionMs: grid.stepMs };
}

/** Where buckets begin: at `origin` plus multiples of `stepMs`. */
interface Grid {
  origin: number;
  stepMs: number;
}

/** Whole seconds, the same buckets whenever one asks; a single bucket begins where the range does. */
function gridOf(from: number, to: number, points: number): Grid {
  const step = (buckets: number): number => Math.max(1, Math.ceil((to - from + 1) / buckets / SLOT_MS)) * SLOT_MS;
  if (points === 1) return { origin: from, stepMs: step(1) };
  const stepMs = step(points);
  const needed = Math.floor(to / stepMs) - Math.floor(from / stepMs) + 1;
  // Cut by the whole seconds, a range may touch one bucket more than it would fill.
  return { origin: 0, stepMs: needed <= points ? stepMs : step(points - 1) };
}

function columnOf(metric: string): number {
  const column = STAT_COLS.indexOf(metric as StatCol);
  if (column < 0) throw new BadQuery('metrics', `metrics: "${metric}" is none of ${STAT_COLS.join(', ')}`);
  return column;
}

function bucketsOf(ring: SampleRing, column: number, from: number, to: number, { origin, stepMs }: Grid): Bucket[] {
  const buckets: Bucket[] = [];
  let start = -Infinity;
  let [min, sum, max, count] = [0, 0, 0, 0];
  const close = (): void => {
    if (count > 0) buckets.push([start, short(min), short(sum / count), short(max)]);
  };
  ring.each(column, from, to, (t, figure) => {
    if (t >= start + stepMs) {
      close();
      start = origin + Math.floor((t - origin) / stepMs) * stepMs;
      [min, sum, max, count] = [figure, figure, figure, 1];
      return;
    }
    min = Math.min(min, figure);
    max = Math.max(max, figure);
    sum += figure;
    count += 1;
  });
  close();
  return buckets;
}

/** As many digits as a ring keeps. */
function short(figure: number): number {
  return Number(figure.toPrecision(7));
}
