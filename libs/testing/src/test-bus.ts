import type { Bus } from '@deckwatch/bus';
import { storageOf } from '@deckwatch/contracts/brokers';
import { silentLog } from './logs.ts';
import { brokerUser, type BrokerUser } from './broker-users.ts';

type Nats = { url: string };

/** A bus on that server with all streams and buckets; it may do everything. The test closes it. */
export async function testBus(nats: Nats, name = 'test'): Promise<Bus> {
  const bus = await connected(nats, 'ops', name);
  await bus.ensureStreams();
  await bus.ensureBuckets();
  return bus;
}

/**
 * A bus as a service has it: with its own user on a server of `startNats`, so that it may do what the table of
 * libs/contracts lets it. Its streams and buckets are there.
 */
export async function serviceBus(
  nats: Nats,
  service: BrokerUser,
  name: string = service,
  log = silentLog,
): Promise<Bus> {
  const bus = await connected(nats, service, name, log);
  const { streams, buckets } = storageOf(service);
  await bus.ensureStreams(Object.keys(streams), (stream) => streams[stream] === 'own');
  await bus.ensureBuckets(Object.keys(buckets), (bucket) => buckets[bucket] === 'write');
  return bus;
}

async function connected(nats: Nats, user: BrokerUser, name: string, log = silentLog): Promise<Bus> {
  // Loaded when asked for: most tests need no broker, and the client takes long to load.
  const library = await import('@deckwatch/bus');
  const { url: servers, inboxPrefix } = brokerUser(nats, user);
  return library.Bus.connect({ servers, inboxPrefix, name, log });
}
