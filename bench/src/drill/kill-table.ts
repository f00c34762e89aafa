/** What a part suffered, what followed it, and what is said about it in the end. Times are Unix milliseconds. */
export interface Kill {
  /** `cut:gateway-1`. */
  fault: string;
  from: number;
  to: number;
  /** The longest silence of each topic and question, milliseconds. */
  silences: ReadonlyMap<string, number>;
  /** From its end until everything had been heard of again, milliseconds. */
  recoveredMs: number;
  /** Log items that a follower was not given, or more than once, and alerts of one death that were told twice. */
  lost: number;
  doubled: number;
  alertsTwice: number;
}

/** The death to which belongs what happened at `t`; undefined: it was before all of them. */
export function killAt(kills: readonly Kill[], t: number): Kill | undefined {
  return kills.findLast(({ from }) => from <= t);
}

/** A table in Markdown: a line for each part, silences in seconds. */
export function tableOf(kills: readonly Kill[]): string {
  const topics = [...(kills[0]?.silences.keys() ?? [])];
  const head = ['fault', ...topics, 'all again', 'lost', 'doubled', 'alerts twice'];
  const rows = kills.map(({ fault, silences, recoveredMs, lost, doubled, alertsTwice }) => [
    fault,
    ...[...topics.map((topic) => silences.get(topic)!), recoveredMs].map((ms) => (ms / 1000).toFixed(1)),
    ...[lost, doubled, alertsTwice].map(String),
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: string[]): string => `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
