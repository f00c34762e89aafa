import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { patiently } from '@deckwatch/bus';
import { BUCKETS, HostRecord, subjects } from '@deckwatch/contracts';
import type { ServiceContext } from '@deckwatch/service-kit';
import { Collector, type CollectorParts } from './collector.ts';
import { inventoryStream } from './inventory/inventory-stream.ts';
import type { CollectorSettings } from './settings.ts';
import { openSource } from './source.ts';

async function createCollector(context: ServiceContext<CollectorSettings>): Promise<Collector> {
  const { settings, bus, clock, log } = context;
  const source = await openSource(settings, clock, log);
  const hosts = await bus.bucket(BUCKETS.hosts, HostRecord);
  const onNameLost = (name: string): void => {
    log.error('another engine has taken the host name; start this collector again for a name of its own', { name });
    process.exit(1);
  };
  const parts: CollectorParts = {
    settings,
    ...source,
    bus,
    stream: inventoryStream(bus),
    keepWords: (words) => bus.js.publish(subjects.lastWords(words.host, words.id), JSON.stringify(words)),
    hosts,
    onNameLost,
    clock,
    log,
  };
  // Claiming its name bears being tried again, and is all that it does so far.
  return patiently(() => Collector.create(parts), () => bus.connection.isClosed()); // prettier-ignore
}

@Module({})
export class CollectorModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly collector: Collector) {}

  static for(context: ServiceContext<CollectorSettings>): DynamicModule {
    return { module: CollectorModule, providers: [{ provide: Collector, useFactory: () => createCollector(context) }] };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.collector.start();
  }

  onApplicationShutdown(): void {
    this.collector.stop();
  }
}
