import type { Container } from '@deckwatch/contracts';
import type { StatCol } from '@deckwatch/contracts/wire';

const FIGURE_SORTS = ['cpu', 'mem', 'rx', 'tx', 'rd', 'wr', 'pids'] as const;
export const SORT_KEYS = ['name', 'project', 'host', 'uptime', ...FIGURE_SORTS] as const;
export type FigureSort = (typeof FIGURE_SORTS)[number];
export type SortKey = (typeof SORT_KEYS)[number];
export interface Sort {
  key: SortKey;
  descending: boolean;
}
/** A state of Docker's, or what needs attention; empty: all. */
export interface Filter {
  search: string;
  state: string;
  host: string;
}

export const TROUBLED = 'troubled';
const FIGURES: ReadonlySet<SortKey> = new Set<SortKey>(FIGURE_SORTS);

export function isFigure(key: SortKey): key is FigureSort {
  return FIGURES.has(key);
}

/** Unhealthy, restarting, dead, or ended by a failure. */
export function isTroubled(container: Container): boolean {
  const { state, health, exitCode } = container;
  if (state === 'exited') return (exitCode ?? 0) !== 0;
  return state === 'restarting' || state === 'dead' || (state === 'running' && health === 'unhealthy');
}

/** Every word of the search must occur in the name, image, project, service or host. */
export function matches(container: Container, filter: Filter): boolean {
  if (filter.host !== '' && container.host !== filter.host) return false;
  if (filter.state === TROUBLED && !isTroubled(container)) return false;
  if (filter.state !== '' && filter.state !== TROUBLED && container.state !== filter.state) return false;
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { name, image, project, service, host } = container;
  const text = `${name} ${image} ${project ?? ''} ${service ?? ''} ${host}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

const byText = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** A sorted copy. What is not known goes last in either direction; equals go by name, then by key. */
export function sortContainers(
  containers: readonly Container[],
  sort: Sort,
  figure: (key: string, col: StatCol) => number | null,
): Container[] {
  const valueOf = valuesFor(sort.key, figure);
  const sign = sort.descending ? -1 : 1;
  const rows = containers.map((container) => ({ container, value: valueOf(container) }));
  rows.sort((a, b) => {
    if (a.value === null || b.value === null) {
      if (a.value !== b.value) return a.value === null ? 1 : -1;
    } else {
      const order =
        typeof a.value === 'number' ? a.value - (b.value as number) : byText.compare(a.value, b.value as string);
      if (order !== 0) return sign * order;
    }
    return byText.compare(a.container.name, b.container.name) || (a.container.key < b.container.key ? -1 : 1);
  });
  return rows.map((row) => row.container);
}

function valuesFor(
  key: SortKey,
  figure: (key: string, col: StatCol) => number | null,
): (container: Container) => string | number | null {
  if (isFigure(key)) return (container) => figure(container.key, key);
  switch (key) {
    case 'name':
      return (container) => container.name;
    case 'host':
      return (container) => container.host;
    case 'project':
      return (container) => (container.project ? `${container.project} ${container.service ?? ''}` : null);
    // A longer uptime is an earlier start.
    case 'uptime':
      return ({ state, startedAt }) => (state === 'running' && startedAt !== null ? -startedAt : null);
  }
}

/** How many containers there are of each state, troubled ones included, in the order of the filter's chips. */
export function countByState(containers: readonly Container[]): { state: string; count: number }[] {
  const counts = new Map<string, number>();
  let troubled = 0;
  for (const container of containers) {
    counts.set(container.state, (counts.get(container.state) ?? 0) + 1);
    if (isTroubled(container)) troubled += 1;
  }
  const states = ['running', 'paused', 'restarting', 'exited', 'created', 'dead', 'removing'];
  const chips = states.map((state) => ({ state, count: counts.get(state) ?? 0 })).filter(({ count }) => count > 0);
  return troubled > 0 ? [...chips, { state: TROUBLED, count: troubled }] : chips;
}
