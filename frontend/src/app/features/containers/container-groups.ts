import type { Container } from '@deckwatch/contracts';
import { isFigure, naturalKey, type FigureOf, type Sort } from './container-order.ts';

export const GROUPINGS = ['project', 'host'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface Group {
  /** A project or host; empty: containers without a project. */
  name: string;
  /** The containers of it that are chosen, in the order of the table. */
  members: readonly Container[];
  running: number;
}

/** Splits containers, each group in the order given; the groups by name, those without one last. */
export function groupContainers(containers: readonly Container[], by: Grouping): Group[] {
  const groups = new Map<string, Container[]>();
  for (const container of containers) {
    const name = container[by] ?? '';
    const members = groups.get(name);
    if (members) members.push(container);
    else groups.set(name, [container]);
  }
  return [...groups]
    .map(([name, members]) => ({ name, members, running: members.filter(({ state }) => state === 'running').length }))
    .sort(byName);
}

/** The names of groups in the order of the sums of the figure that the table is sorted by; otherwise by name. */
export function rankGroups(groups: readonly Group[], sort: Sort, figure: FigureOf): string[] {
  const { key, descending } = sort;
  if (!isFigure(key)) return groups.map(({ name }) => name);
  const sums = groups.map(({ name, members }) => {
    const known = members.map((member) => figure(member.key, key)).filter((value) => value !== null);
    return { name, sum: known.length > 0 ? known.reduce((sum, value) => sum + value, 0) : null };
  });
  const sign = descending ? -1 : 1;
  sums.sort((a, b) =>
    a.sum === null || b.sum === null ? Number(a.sum === null) - Number(b.sum === null) : sign * (a.sum - b.sum),
  );
  return sums.map(({ name }) => name);
}

function byName(a: Group, b: Group): number {
  if (a.name === '' || b.name === '') return Number(a.name === '') - Number(b.name === '');
  const [one, other] = [naturalKey(a.name), naturalKey(b.name)];
  return one < other ? -1 : one > other ? 1 : 0;
}
