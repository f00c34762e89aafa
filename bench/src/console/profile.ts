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

const RESTS = new Set(['(idle)', '(program)', '(root)']);

/**
 * The longest stretches of script without a pause, a line each: how long, and the functions on whose account they went,
 * outermost first. Layout that a script forces counts to it.
 */
export function stretches(profile: Profile, longerThanMs: number): string[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  const found: { us: number; within: Map<string, number> }[] = [];
  let now: (typeof found)[number] | undefined;
  profile.samples?.forEach((id, at) => {
    const us = profile.timeDeltas?.[at + 1] ?? 0;
    if (RESTS.has(nodes.get(id)!.callFrame.functionName)) return void (now = undefined);
    if (!now) found.push((now = { us: 0, within: new Map() }));
    now.us += us;
    const names = new Set<string>();
    for (let up: number | undefined = id; up !== undefined; up = parents.get(up)) names.add(nameOf(nodes.get(up)!));
    for (const name of names) now.within.set(name, (now.within.get(name) ?? 0) + us);
  });
  return found
    .filter(({ us }) => us > longerThanMs * 1000)
    .sort((a, b) => b.us - a.us)
    .slice(0, 5)
    .map(({ us, within }) => {
      const chain = [...within].filter(([, share]) => share > us * 0.2).sort(([, a], [, b]) => b - a);
      return `${ms(us)}  ${chain.slice(1, 14).map(([name, share]) => `${name} ${Math.round((100 * share) / us)} %`).join(' > ')}`; // prettier-ignore
    });
}

const ms = (us: number): string => `${(us / 1000).toFixed(0)} ms`.padStart(8);

function nameOf({ callFrame }: Profile['nodes'][number]): string {
  const { functionName, url, lineNumber, columnNumber } = callFrame;
  if (!url) return functionName || '(unnamed)';
  return `${functionName || '(unnamed)'} ${url.replace(/^.*\//, '')}:${lineNumber + 1}:${columnNumber + 1}`;
}
