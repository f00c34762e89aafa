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
