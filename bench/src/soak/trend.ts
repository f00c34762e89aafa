/** A value of one process or store at a time; `life` tells a process from the one that was started in its place. */
export interface Point {
  /** Milliseconds since the load began. */
  at: number;
  life: number;
  value: number;
}

export interface Limit {
  /** What may be gained an hour. */
  perHour: number;
  /** By how much two moments of a flat series differ. */
  noise: number;
  /** What fills for so long before it is flat, milliseconds. */
  settlesMs?: number;
}

export interface Trend {
  /** At the begin and at the end of what was judged: medians of a fifth of it each. */
  from: number;
  to: number;
  perHour: number;
  allowed: number;
  verdict: 'flat' | 'grows' | 'too short';
}

const HOUR_MS = 3_600_000;
const WARM_UP = 1 / 3;
const FEWEST = 6;
/** Points of which each pair is looked at. */
const MOST = 400;

/**
 * By how much a series rises, by the median of the slopes of all pairs (Theil, Sen): a few outliers don't move it. Of the
 * last two thirds of the run and there of the longest life, as what begins anew fills first.
 */
export function trendOf(points: readonly Point[], runMs: number, { perHour, noise, settlesMs = 0 }: Limit): Trend {
  const settled = points.filter(({ at }) => at >= Math.max(settlesMs, runMs * WARM_UP));
  const lives = [...Map.groupBy(settled, ({ life }) => life).values()];
  const all = lives.toSorted((a, b) => b.length - a.length)[0] ?? [];
  // A life that began within these times warms up first as well.
  const bornHere = all.length > 0 && all[0]!.life > 1 && points.find(({ life }) => life === all[0]!.life) === all[0];
  const judged = thinned(bornHere ? all.slice(Math.floor(all.length * WARM_UP)) : all);
  if (judged.length < FEWEST) {
    const value = points.at(-1)?.value ?? Number.NaN;
    return { from: value, to: value, perHour: Number.NaN, allowed: Number.NaN, verdict: 'too short' };
  }
  const fifth = Math.ceil(judged.length / 5);
  const hours = (judged.at(-1)!.at - judged[0]!.at) / HOUR_MS;
  const slope = slopeOf(judged) * HOUR_MS;
  const allowed = perHour + noise / hours;
  return {
    from: median(judged.slice(0, fifth).map(({ value }) => value)),
    to: median(judged.slice(-fifth).map(({ value }) => value)),
    perHour: slope,
    allowed,
    verdict: slope <= allowed ? 'flat' : 'grows',
  };
}

function slopeOf(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [index, one] of points.entries())
    for (const other of points.slice(index + 1)) slopes.push((other.value - one.value) / (other.at - one.at));
  return median(slopes);
}

function thinned(points: readonly Point[]): readonly Point[] {
  const step = Math.ceil(points.length / MOST);
  return points.filter((_, index) => index % step === 0);
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
