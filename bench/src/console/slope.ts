export type Point = readonly [x: number, y: number];

/** By how much y rises for each 1 of x: the line of least squares. NaN for fewer than two points. */
export function slopeOf(points: readonly Point[]): number {
  if (points.length < 2) return Number.NaN;
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const upper = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const lower = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return upper / lower;
}
