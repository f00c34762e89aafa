import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its descendants cost, from /proc. */
export interface Cost {
  /** User and system time in milliseconds, ended children included. */
  cpuMs: number;
  /** Resident memory in bytes. */
  rss: number;
}

const TICK_MS = 10; // USER_HZ is 100 on Linux
const NS_PER_MS = 1e6;
const PAGE = 4096;

interface Stat {
  pid: number;
  parent: number;
  cpuMs: number;
  pages: number;
}

/** The scheduler's own count of what the living threads ran: a short measurement has too few of the 10 ms ticks. */
function ranMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ranNs = (thread: string) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return threads.reduce((sum, thread) => sum + ranNs(thread), 0) / NS_PER_MS;
}

function stat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const endedChildren = (Number(fields[13]) + Number(fields[14])) * TICK_MS;
    return { pid, parent: Number(fields[1]), cpuMs: ranMs(pid) + endedChildren, pages: Number(fields[21]) };
  } catch {
    return undefined; // it has ended
  }
}

export function costOf(root: number): Cost {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => stat(Number(name)) ?? []); // prettier-ignore
  const tree = new Set([root]);
  for (let grown = true; grown;) {
    const more = all.filter(({ pid, parent }) => tree.has(parent) && !tree.has(pid));
    more.forEach(({ pid }) => tree.add(pid));
    grown = more.length > 0;
  }
  const members = all.filter(({ pid }) => tree.has(pid));
  const sum = (of: (stat: Stat) => number) => members.reduce((total, member) => total + of(member), 0);
  return { cpuMs: sum(({ cpuMs }) => cpuMs), rss: sum(({ pages }) => pages) * PAGE };
}
