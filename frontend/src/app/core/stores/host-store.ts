import { computed, Service } from '@angular/core';
import type { Host } from '@deckwatch/contracts';
import { isRecord } from '../frames.ts';
import { Feed } from './feed.ts';
import { KeyedItems } from './keyed-items.ts';

/** The hosts and their totals, live. */
@Service()
export class HostStore {
  private readonly items = new KeyedItems<Host>(readHost);
  readonly feed = new Feed('hosts', (message) => this.items.apply(message));

  /** Real hosts first, then by name. */
  readonly hosts = computed(() => {
    this.feed.version();
    return [...this.items.byKey.values()].sort(
      (a, b) => Number(a.demo) - Number(b.demo) || a.key.localeCompare(b.key, 'en', { numeric: true }),
    );
  });
  readonly byKey = computed(() => new Map(this.hosts().map((host) => [host.key, host])));
}

function readHost(item: Record<string, unknown>): Host | undefined {
  if (typeof item['status'] !== 'string') return undefined;
  const host = item as unknown as Host;
  return {
    ...host,
    host: host.host ?? host.key,
    demo: host.demo === true,
    cost: isRecord(host.cost) ? host.cost : { cpu: null, rss: null, engineCpu: null },
  };
}
