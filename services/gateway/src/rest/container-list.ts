import {
  CONTAINER_SORTS,
  sampleOf,
  type Container,
  type ContainerState,
  type ContainerWithStats,
} from '@deckwatch/contracts';

export interface ContainerFilter {
  search?: string;
  host?: string;
  state?: ContainerState;
  project?: string;
}

/** Whether a container is among those asked for; `search` looks into name, image, project, service and id. */
export function matches(container: Container, { search, host, state, project }: ContainerFilter): boolean {
  if (host !== undefined && container.host !== host) return false;
  if (state !== undefined && container.state !== state) return false;
  if (project !== undefined && container.project !== project) return false;
  if (search === undefined || search === '') return true;
  const wanted = search.toLowerCase();
  const { name, image, project: own, service, id } = container;
  return [name, image, own, service, id].some((text) => text?.toLowerCase().includes(wanted));
}

/** The latest sample by name, from its encoded row. */
export function figuresOf(t: number, row: string): NonNullable<ContainerWithStats['stats']> {
  return { t, ...sampleOf(JSON.parse(row) as (string | number | null)[]) };
}

/** @param figures the container's latest sample; asked for only where it counts, as it has to be parsed */
export function sortKeyOf(
  container: Container,
  sort: (typeof CONTAINER_SORTS)[number],
  figures: () => ContainerWithStats['stats'],
): string | number | null {
  switch (sort) {
    case 'name':
      return container.name.toLowerCase();
    case 'host':
    case 'state':
    case 'startedAt':
    case 'restarts':
      return container[sort];
    default:
      return figures()?.[sort] ?? null;
  }
}
