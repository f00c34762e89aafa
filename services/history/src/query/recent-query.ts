import { STAT_COLS, type RecentQuery, type RecentSeries } from '@deckwatch/contracts';
import { SLOT_MS, type SampleRing } from '../rings/sample-ring.ts';

/** Digits that a small line shows. */
const DIGITS = 4;

/**
 * The latest samples of many containers, one value a second up to `now`; null where none is known. Containers without a
 * ring are left out.
 */
export function answerRecent(
  { keys, metric, points }: RecentQuery,
  ringOf: (host: string, id: string) => SampleRing | undefined,
  now: number,
): RecentSeries {
  const column = STAT_COLS.indexOf(metric);
  const from = (Math.floor(now / SLOT_MS) - points + 1) * SLOT_MS;
  const series: RecentSeries['series'] = {};
  for (const key of keys) {
    const [host = '', id = ''] = key.split('.');
    const ring = ringOf(host, id);
    if (!ring) continue;
    const values = new Array<number | null>(points).fill(null);
    ring.each(column, from, now + SLOT_MS, (t, figure) => {
      const place = Math.min(points - 1, Math.floor((t - from) / SLOT_MS));
      values[place] = Number(figure.toPrecision(DIGITS));
    });
    series[key] = values;
  }
  return { metric, from, resolutionMs: SLOT_MS, series };
}
