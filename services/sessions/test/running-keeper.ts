import { SESSIONS_RPC, SessionEvent, subjects, type SessionIngest } from '@deckwatch/contracts';
import type { Bus, TailItem } from '@deckwatch/bus';
import { Metrics, Parts, systemClock, Usage, type Log } from '@deckwatch/service-kit';
import { brokerUser, serviceBus, silentLog, testBus } from '@deckwatch/testing';
import { readSources } from '../src/sources/source-settings.ts';
import { SessionKeeper, type KeeperOptions } from '../src/session-keeper.ts';

export const INSTALLATION_KEY = Buffer.alloc(32, 7);

export interface RunningKeeper {
  keeper: SessionKeeper;
  /** Its own, which may do only what the service does. */
  bus: Bus;
  /** Of one that may do everything. */
  outside: Bus;
  parts: Parts;
  metrics: Metrics;
  stop(): Promise<void>;
}

/** The service on real brokers, in this process. */
export async function runKeeper(
  nats: { url: string },
  redis: { url: string },
  instance: string,
  options: KeeperOptions & { sources?: object[] } = {},
  log: Log = silentLog,
): Promise<RunningKeeper> {
  const bus = await serviceBus(nats, 'sessions', instance, log);
  const outside = await testBus(nats, `${instance}-outside`);
  const parts = new Parts();
  const metrics = new Metrics('sessions', new Usage());
  const { sources = [], ...rules } = options;
  const settings = {
    REDIS_URL: brokerUser(redis, 'sessions').url,
    DECKWATCH_SESSION_SOURCES: readSources(JSON.stringify(sources), {}),
    DECKWATCH_SECRET_KEY: INSTALLATION_KEY,
  };
  const context = { instance, bus, log, parts, metrics, clock: systemClock, settings };
  const keeper = new SessionKeeper(context, { leaseMs: 1500, ...rules });
  keeper.start();
  const stop = async (): Promise<void> => {
    await keeper.stop();
    await bus.close();
    await outside.close();
  };
  return { keeper, bus, outside, parts, metrics, stop };
}

/** All events of the stream from its first, in order, as a tail tells them. */
export function followEvents(bus: Bus): { events: SessionEvent[]; items: TailItem[]; stop(): void } {
  const events: SessionEvent[] = [];
  const items: TailItem[] = [];
  const onMessage = (item: TailItem): void => {
    items.push(item);
    events.push(SessionEvent.parse(item.json()));
  };
  const tail = bus.tail('SESSIONS', { from: 1, onMessage });
  tail.start();
  return { events, items, stop: () => tail.stop() };
}

/** What an application would do: a message on its subject, with the answer. */
export function ingest(bus: Bus, app: string, message: Partial<SessionIngest>): Promise<unknown> {
  return bus.request(subjects.ingestSessions(app), message);
}

export function countOf(bus: Bus) {
  return bus.call('sessions', SESSIONS_RPC, 'count', {});
}
