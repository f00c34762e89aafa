/** What of a Chromium trace is needed here; times in microseconds. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  args?: { name?: string; data?: { functionName?: string; type?: string } };
}

interface Task {
  us: number;
  /** Own time of what the browser did in it, by name. */
  parts: Map<string, number>;
}

const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8', '__metadata'];

/** What `Browser.startTracing` is to record for {@link longestTasks}. */
export const TRACE = { categories: CATEGORIES };

/** The longest tasks of the page's main thread in a trace, a line each: how long, and what they were made of. */
export function longestTasks(trace: string, count: number): string[] {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  const tasks = tasksOf(busiest(traceEvents)).sort((a, b) => b.us - a.us);
  return tasks.slice(0, count).map(({ us, parts }) => {
    const named = [...parts].sort(([, a], [, b]) => b - a).slice(0, 9);
    return `${ms(us)}  ${named.map(([name, own]) => `${name} ${(own / 1000).toFixed(1)}`).join(', ')}`;
  });
}

/** What the busiest main thread of a renderer did, in order; what contains comes before what is contained. */
function busiest(events: readonly TraceEvent[]): TraceEvent[] {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const threads = mains.map(({ pid, tid }) =>
    events.filter((event) => event.ph === 'X' && event.pid === pid && event.tid === tid),
  );
  const done = threads.sort((a, b) => b.length - a.length)[0] ?? [];
  return done.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
}

function tasksOf(events: readonly TraceEvent[]): Task[] {
  const tasks: Task[] = [];
  const open: { name: string; end: number }[] = [];
  let task: Task | undefined;
  for (const { name, ts, dur = 0, args } of events) {
    while (open.length > 0 && open.at(-1)!.end <= ts) open.pop();
    if (open.length === 0) tasks.push((task = { us: dur, parts: new Map() }));
    const above = open.at(-1);
    const called = args?.data?.functionName || args?.data?.type;
    const label = called ? `${name} ${called}` : name;
    add(task!, label, dur);
    if (above) add(task!, above.name, -dur);
    open.push({ name: label, end: ts + dur });
  }
  return tasks;
}

function add({ parts }: Task, name: string, us: number): void {
  parts.set(name, (parts.get(name) ?? 0) + us);
}

const ms = (us: number): string => `${(us / 1000).toFixed(0)} ms`.padStart(8);
