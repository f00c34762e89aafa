/** As the browser's protocol gives it (Profiler.Profile); times in microseconds. */
export interface Profile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
    children?: number[];
  }[];
  samples?: number[];
  timeDeltas?: number[];
}

/**
 * The functions of a CPU profile that took the most time, a line each: own time, time with all that it called, and
 * where it stands.
 */
export function hottest(profile: Profile, count: number): string[] {
  const own = new Map<number, number>();
  profile.samples?.forEach((id, at) => own.set(id, (own.get(id) ?? 0) + (profile.timeDeltas?.[at] ?? 0)));
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const sums = new Map<string, { own: number; whole: number }>();
  const visit = (id: number, above: ReadonlySet<string>): number => {
    const node = nodes.get(id)!;
    const name = nameOf(node);
    const within = new Set(above).add(name);
    const self = own.get(id) ?? 0;
    const whole = (node.children ?? []).reduce((sum, child) => sum + visit(child, within), self);
    const sum = sums.get(name) ?? { own: 0, whole: 0 };
    // A function that calls itself counts once.
    sums.set(name, { own: sum.own + self, whole: sum.whole + (above.has(name) ? 0 : whole) });
    return whole;
  };
  visit(profile.nodes[0]!.id, new Set());
  return [...sums]
    .sort(([, a], [, b]) => b.own - a.own)
    .slice(0, count)
    .map(([name, sum]) => `${ms(sum.own)} own ${ms(sum.whole)} in all  ${name}`);
}

const ms = (us: number): string => `${(us / 1000).toFixed(0)} ms`.padStart(8);

function nameOf({ callFrame }: Profile['nodes'][number]): string {
  const { functionName, url, lineNumber, columnNumber } = callFrame;
  if (!url) return functionName || '(unnamed)';
  return `${functionName || '(unnamed)'} ${url.replace(/^.*\//, '')}:${lineNumber + 1}:${columnNumber + 1}`;
}
