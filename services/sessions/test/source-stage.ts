import { createHmac } from 'node:crypto';
import { SESSIONS_RPC, type Session, type SessionEvent, type SessionSource } from '@deckwatch/contracts';
import type { Bus } from '@deckwatch/bus';
import { eventually, startNats, startRedis, type NatsServer, type RedisServer } from '@deckwatch/testing';
import type { KeeperOptions } from '../src/session-keeper.ts';
import { countOf, followEvents, INSTALLATION_KEY, runKeeper, type RunningKeeper } from './running-keeper.ts';

export const WAIT = { timeoutMs: 20_000, everyMs: 20 };

/** What others get to see instead of an id at a source, as the contract has it. */
export function publicId(id: string): string {
  return createHmac('sha256', INSTALLATION_KEY).update(id).digest('base64url').slice(0, 22);
}

/** All sessions that a service lists. */
export async function listAll(bus: Bus, app: string): Promise<Session[]> {
  const sessions: Session[] = [];
  let cursor: string | undefined;
  do {
    const page = await bus.call('sessions', SESSIONS_RPC, 'list', { limit: 500, cursor, app });
    sessions.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return sessions;
}

/** What was told of each session, in order and by its public id: `created,destroyed`. Updates apart. */
export function linesOf(events: readonly SessionEvent[]): Record<string, string> {
  const lines: Record<string, string> = {};
  for (const { id, event } of events) {
    if (event !== 'updated') lines[id] = lines[id] === undefined ? event : `${lines[id]},${event}`;
  }
  return lines;
}

/**
 * Resolves once the list, the count and the log say of an app exactly what its source holds: the sessions that are there
 * are listed, counted and told to have begun, once; of all others that were ever told, begin and end were, once each.
 * @param present what the source calls the sessions that it holds
 */
export async function agreesExactly(
  { bus, app, events }: { bus: Bus; app: string; events: () => readonly SessionEvent[] },
  present: () => Promise<string[]>,
): Promise<void> {
  const agrees = async (): Promise<void> => {
    const ids = (await present()).map(publicId).sort();
    expect((await countOf(bus)).byApp[app] ?? 0).toBe(ids.length);
    expect((await listAll(bus, app)).map(({ id }) => id).sort()).toEqual(ids);
    const there = new Set(ids);
    const told = linesOf(events());
    const whole = [...ids, ...Object.keys(told)].map((id) => [id, there.has(id) ? 'created' : 'created,destroyed']);
    expect(told).toEqual(Object.fromEntries(whole));
    expect(events().at(-1)?.active ?? 0).toBe(ids.length);
  };
  await eventually(agrees, { ...WAIT, everyMs: 100 });
}

/** Brokers of Deckwatch, the service in this process, and what it tells of the sources that it follows. */
export class SourceStage {
  readonly keepers: RunningKeeper[] = [];
  private log?: ReturnType<typeof followEvents>;

  private constructor(
    readonly nats: NatsServer,
    readonly own: RedisServer,
  ) {}

  static async open(): Promise<SourceStage> {
    return new SourceStage(...(await Promise.all([startNats(), startRedis()])));
  }

  async close(): Promise<void> {
    this.log?.stop();
    await Promise.all(this.keepers.map((keeper) => keeper.stop()));
    await Promise.all([this.nats.stop(), this.own.stop()]);
  }

  /** Starts an instance with these sources; resolves once each is followed and known whole. */
  async follow(sources: object[], options: KeeperOptions = {}): Promise<RunningKeeper> {
    const keeper = await this.add(sources, options);
    await eventually(async () => {
      const states = await this.states();
      expect(states.map(({ state, comparedAt }) => [state, comparedAt !== null])).toEqual(sources.map(() => ['following', true])); // prettier-ignore
    }, WAIT);
    return keeper;
  }

  /** Starts an instance, and waits for nothing. */
  async add(sources: object[], options: KeeperOptions = {}): Promise<RunningKeeper> {
    const name = `instance-${this.keepers.length + 1}`;
    const keeper = await runKeeper(this.nats, this.own, name, { leaseMs: 1000, sources, ...options });
    this.keepers.push(keeper);
    this.log ??= followEvents(keeper.outside);
    return keeper;
  }

  /** Of one that asks, not of the service itself. */
  get bus(): Bus {
    return this.keepers.at(-1)!.outside;
  }

  events(app: string): SessionEvent[] {
    return (this.log?.events ?? []).filter((event) => event.app === app);
  }

  /** Each event of an app in two words: `created login`. */
  brief(app: string): string[] {
    return this.events(app).map(({ event, reason }) => `${event} ${reason}`);
  }

  async active(app: string): Promise<number> {
    return (await countOf(this.bus)).byApp[app] ?? 0;
  }

  sessions(app: string): Promise<Session[]> {
    return listAll(this.bus, app);
  }

  async states(): Promise<SessionSource[]> {
    return (await this.bus.call('sessions', SESSIONS_RPC, 'sources', {})).items;
  }

  revoke(app: string, ...ids: string[]) {
    const items = ids.map((id) => ({ app, id }));
    return this.bus.call('sessions', SESSIONS_RPC, 'revoke', { items });
  }
}
