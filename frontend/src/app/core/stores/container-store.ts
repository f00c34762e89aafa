import { computed, Service } from '@angular/core';
import type { Container } from '@deckwatch/contracts';
import { isRecord } from '../frames.ts';
import { Feed } from './feed.ts';
import { KeyedItems } from './keyed-items.ts';

/** The inventory: which containers there are and how they stand, without their figures. */
@Service()
export class ContainerStore {
  private readonly items = new KeyedItems<Container>(readContainer);
  private total: number | null = null;
  readonly feed = new Feed('containers', (message) => {
    this.total = null;
    this.items.apply(message);
  });

  readonly containers = computed(() => {
    this.feed.version();
    return [...this.items.byKey.values()];
  });

  /** How many there are as long as only the first of them are here; null when all are. */
  readonly partOf = computed(() => (this.feed.version(), this.total));

  get(key: string): Container | undefined {
    return this.items.byKey.get(key);
  }

  /** Takes the first page of a list, to be shown until the topic brings all. */
  takeFirst(items: readonly unknown[], total: number): void {
    this.feed.take({ kind: 'snapshot', data: { items } }, 'http');
    this.total = total > this.items.byKey.size ? total : null;
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
