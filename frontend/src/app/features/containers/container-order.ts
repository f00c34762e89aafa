import type { Container } from '@deckwatch/contracts';
import type { StatCol } from '@deckwatch/contracts/wire';
import { isTroubled } from '../../core/troubles/container-look.ts';
import { CONTAINER_STATES } from './container-list.ts';

const FIGURE_SORTS = ['cpu', 'mem', 'rx', 'tx', 'rd', 'wr', 'pids'] as const;
const TEXT_SORTS = ['name', 'project', 'image', 'host'] as const;
export const SORT_KEYS = [...TEXT_SORTS, 'state', 'people', 'uptime', 'restarts', ...FIGURE_SORTS] as const;
export type FigureSort = (typeof FIGURE_SORTS)[number];
export type SortKey = (typeof SORT_KEYS)[number];
export interface Sort {
  key: SortKey;
  descending: boolean;
}
export type FigureOf = (key: string, col: StatCol) => number | null;
/** How many sessions are active on a container; null: not known. */
export type PeopleOf = (container: Container) => number | null;

const FIGURES: ReadonlySet<SortKey> = new Set<SortKey>(FIGURE_SORTS);
const TEXTS: ReadonlySet<SortKey> = new Set<SortKey>(TEXT_SORTS);
const PAD = 12;

export function isFigure(key: SortKey): key is FigureSort {
  return FIGURES.has(key);
}

/** Whether an order by this moves by itself. */
export function isLively(key: SortKey): boolean {
  return !TEXTS.has(key);
}

/** A text that sorts by plain comparison as people count: `web-2` before `web-10`. */
export function naturalKey(text: string): string {
  return text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(PAD, '0'));
}

const nameKeys = new WeakMap<Container, string>();
function nameKeyOf(container: Container): string {
  let key = nameKeys.get(container);
  if (key === undefined) nameKeys.set(container, (key = `${naturalKey(container.name)} ${container.key}`));
  return key;
}

/**
 * A sorted copy. What is not known goes last in either direction; equals go by name, then by key. Thousands are sorted
 * in a few ms: each value is looked up once, and texts are compared by their ranks.
 */
export function sortContainers(
  containers: readonly Container[],
  sort: Sort,
  figure: FigureOf,
  people: PeopleOf = () => null,
): Container[] {
  const named = containers.map((container) => ({ container, name: nameKeyOf(container) }));
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (sort.key === 'name') {
    if (sort.descending) named.reverse();
    return named.map(({ container }) => container);
  }
  const valueOf = sort.key === 'people' ? people : valuesFor(sort.key, figure, containers);
  const sign = sort.descending ? -1 : 1;
  const known: { container: Container; value: number }[] = [];
  const unknown: Container[] = [];
  for (const { container } of named) {
    const value = valueOf(container);
    if (value === null) unknown.push(container);
    else known.push({ container, value: sign * value });
  }
  known.sort((a, b) => a.value - b.value);
  return [...known.map(({ container }) => container), ...unknown];
}

function valuesFor(
  key: Exclude<SortKey, 'name' | 'people'>,
  figure: FigureOf,
  containers: readonly Container[],
): (container: Container) => number | null {
  if (isFigure(key)) return (container) => figure(container.key, key);
  switch (key) {
    case 'state':
      return standing;
    case 'restarts':
      return ({ restarts }) => restarts;
    // A longer uptime is an earlier start.
    case 'uptime':
      return ({ state, startedAt }) => (state === 'running' && startedAt !== null ? -startedAt : null);
    case 'host':
      return rankedBy(containers, ({ host }) => host);
    case 'image':
      return rankedBy(containers, ({ image }) => image);
    case 'project':
      return rankedBy(containers, ({ project, service }) => (project ? `${project} ${service ?? ''}` : null));
  }
}

/** Troubles first, then what runs, then the rest as Docker lists them. */
function standing(container: Container): number {
  const place = CONTAINER_STATES.indexOf(container.state);
  return isTroubled(container) ? place - CONTAINER_STATES.length : place;
}

function rankedBy(containers: readonly Container[], textOf: (container: Container) => string | null) {
  const texts = new Set<string>();
  for (const container of containers) texts.add(textOf(container) ?? '');
  const keyed = [...texts].map((text) => ({ text, key: naturalKey(text) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const ranks = new Map(keyed.map(({ text }, rank) => [text, rank]));
  return (container: Container): number | null => {
    const text = textOf(container);
    return text === null ? null : (ranks.get(text) ?? null);
  };
}
