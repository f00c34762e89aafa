import type { Bus } from '@deckwatch/bus';
import { silentLog } from './logs.ts';

/** A bus on that server with all streams and buckets; the test closes it. */
export async function testBus(nats: { url: string }, name = 'test'): Promise<Bus> {
  // Loaded when asked for: most tests need no broker, and the client takes long to load.
  const library = await import('@deckwatch/bus');
  const bus = await library.Bus.connect({ servers: nats.url, name, log: silentLog });
  await bus.ensureStreams();
  await bus.ensureBuckets();
  return bus;
}
