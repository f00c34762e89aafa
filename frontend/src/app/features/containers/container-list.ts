import type { Container, ContainerState } from '@deckwatch/contracts';
import { isTroubled } from '../../core/troubles/container-look.ts';

export const CONTAINER_STATES: readonly ContainerState[] = [
  'running',
  'paused',
  'restarting',
  'exited',
  'created',
  'dead',
  'removing',
];
/** Empty: all. */
export interface Filter {
  search: string;
  /** One of Docker's words, or `troubled`. */
  state: string;
  host: string;
  project: string;
  /** `key` or `key=value`. */
  label: string;
}
export const NO_FILTER: Filter = { search: '', state: '', host: '', project: '', label: '' };
export const TROUBLED = 'troubled';

const texts = new WeakMap<Container, string>();
function textOf(container: Container): string {
  const known = texts.get(container);
  if (known !== undefined) return known;
  const { name, image, project, service, host, labels } = container;
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const text = [name, image, project ?? '', service ?? '', host, ...words].join('\n').toLowerCase();
  texts.set(container, text);
  return text;
}

/**
 * Tells who passes a filter. Every word of the search must occur in the name, image, project, service, host or a label
 * as `key=value`.
 */
export function matcher(filter: Filter): (container: Container) => boolean {
  const { state, host, project } = filter;
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  const cut = filter.label.indexOf('=');
  const label = cut < 0 ? filter.label : filter.label.slice(0, cut);
  const labelled = cut < 0 ? null : filter.label.slice(cut + 1);
  return (container) => {
    if (host !== '' && container.host !== host) return false;
    if (project !== '' && container.project !== project) return false;
    if (state === TROUBLED ? !isTroubled(container) : state !== '' && container.state !== state) return false;
    if (label !== '' && !Object.hasOwn(container.labels, label)) return false;
    if (labelled !== null && container.labels[label] !== labelled) return false;
    if (words.length === 0) return true;
    const text = textOf(container);
    return words.every((word) => text.includes(word));
  };
}

/** How many containers there are of each state, troubled ones included and first, in the order of the filter's chips. */
export function countByState(containers: readonly Container[]): { state: string; count: number }[] {
  const counts = new Map<string, number>();
  let troubled = 0;
  for (const container of containers) {
    counts.set(container.state, (counts.get(container.state) ?? 0) + 1);
    if (isTroubled(container)) troubled += 1;
  }
  const chips = CONTAINER_STATES.map((state) => ({ state: state as string, count: counts.get(state) ?? 0 }));
  const present = chips.filter(({ count }) => count > 0);
  return troubled > 0 ? [{ state: TROUBLED, count: troubled }, ...present] : present;
}
