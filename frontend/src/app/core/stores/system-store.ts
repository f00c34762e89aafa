import { computed, Service } from '@angular/core';
import type { SystemItem } from '@deckwatch/contracts/wire';
import { Feed } from './feed.ts';
import { KeyedItems } from './keyed-items.ts';

type ServiceItem = Extract<SystemItem, { kind: 'service' }>;
type BrokerItem = Extract<SystemItem, { kind: 'broker' }>;

/** Deckwatch itself: its services, brokers and flags. */
@Service()
export class SystemStore {
  private readonly items = new KeyedItems<SystemItem>((item) =>
    typeof item['kind'] === 'string' ? (item as unknown as SystemItem) : undefined,
  );
  readonly feed = new Feed('system', (message) => this.items.apply(message));

  readonly all = computed(() => {
    this.feed.version();
    return [...this.items.byKey.values()];
  });
  /** What is wrong with Deckwatch's own parts, one short sentence each. */
  readonly faults = computed(() =>
    this.all()
      .filter((item): item is ServiceItem | BrokerItem => item.kind === 'service' || item.kind === 'broker')
      .filter((item) => item.status !== 'up')
      .map((item) => faultOf(item)),
  );
}

function faultOf(item: ServiceItem | BrokerItem): string {
  const word = item.status === 'degraded' ? 'not ready' : 'down';
  if (item.kind === 'broker') return `${item.name} is ${word}${item.reason ? `: ${item.reason}` : ''}`;
  const reason = Object.values(item.parts ?? {}).find((fault) => fault !== null);
  return `${item.service} is ${word}${reason ? `: ${reason}` : ''}`;
}
