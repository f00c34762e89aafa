import { computed, Service } from '@angular/core';
import type { Container } from '@deckwatch/contracts';
import { isRecord } from '../frames.ts';
import { Feed } from './feed.ts';
import { KeyedItems } from './keyed-items.ts';

/** The inventory: which containers there are and how they stand, without their figures. */
@Service()
export class ContainerStore {
  private readonly items = new KeyedItems<Container>(readContainer);
  readonly feed = new Feed('containers', (message) => this.items.apply(message));

  readonly containers = computed(() => {
    this.feed.version();
    return [...this.items.byKey.values()];
  });

  get(key: string): Container | undefined {
    return this.items.byKey.get(key);
  }
}

function readContainer(item: Record<string, unknown>): Container | undefined {
  const { name, host, id, state } = item;
  if (![name, host, id, state].every((field) => typeof field === 'string')) return undefined;
  const container = item as unknown as Container;
  return {
    ...container,
    health: container.health ?? null,
    project: container.project ?? null,
    service: container.service ?? null,
    startedAt: container.startedAt ?? null,
    labels: isRecord(container.labels) ? container.labels : {},
    demo: container.demo === true,
  };
}
