import type { Session, SessionCount } from '@deckwatch/contracts';
import { RedisAway, type Argument, type RedisConnection, type Reply } from '../redis/redis-connection.ts';
import { KEY_PREFIX, keys } from './registry-keys.ts';
import { CHANGE, HELD, SERVE_DUE, VERIFY } from './registry-scripts.ts';
import {
  attrsText,
  NEVER_MS,
  type Hearing,
  type Outcome,
  type RegistryRules,
  type SessionChange,
  USUAL_RULES,
} from './session-change.ts';

export interface Served {
  /** How many entries were looked at. */
  looked: number;
  expired: number;
  /** Late `updated`. */
  told: number;
  /** The outbox has no more room: what is due waits. */
  full: boolean;
  /** When the next is due, Unix milliseconds; null: nothing is. */
  nextDueAt: number | null;
}

export interface WrongCount {
  app: string;
  counted: number;
  real: number;
}

const SESSION_FIELDS = ['e', 'u', 'a', 'c', 's', 'x'] as const;

/**
 * The sessions that are alive, in Redis. Each change is one script: it changes the registry and appends the event with
 * the app's count after it to the outbox, or does neither. Changes bear being applied twice, so one whose answer was
 * lost may be tried again. Everything here throws RedisAway while Redis does not answer.
 */
export class RedisRegistry {
  constructor(
    private readonly redis: RedisConnection,
    private readonly rules: RegistryRules = USUAL_RULES,
  ) {}

  async apply(change: SessionChange): Promise<Outcome> {
    const [outcome] = await this.applyAll([change]);
    if (outcome instanceof Error) throw outcome;
    return outcome as Outcome;
  }

  /** Applies changes in their order in one round trip, each by itself; what failed is an Error in its place. */
  async applyAll(changes: readonly SessionChange[]): Promise<(Outcome | Error)[]> {
    const [outcomes] = await this.redis.runAll(CHANGE, [this.call(changes)]);
    if (Array.isArray(outcomes)) return outcomes as Outcome[];
    if (outcomes instanceof RedisAway || changes.length === 1) return changes.map(() => outcomes as Error);
    // Which of them was at fault is told by each alone; they bear being applied twice.
    const alone = await this.redis.runAll(CHANGE, changes.map((change) => this.call([change]))); // prettier-ignore
    return alone.map((reply) => (reply instanceof Error ? reply : (reply as Outcome[])[0]!));
  }

  /** Expires, tells and forgets what is due by `now`, at most `batch` of them. */
  async serveDue(now: number, hearing: Hearing, batch = 200): Promise<Served> {
    const { rememberMs, updateEveryMs, outboxLimit } = this.rules;
    const args = [now, hearing.since, hearing.since + hearing.graceMs, rememberMs, updateEveryMs, outboxLimit, batch];
    const reply = (await this.redis.run(SERVE_DUE, KEY_PREFIX, args)) as [number, number, number, number, string];
    const [looked, expired, told, full, next] = reply;
    return { looked, expired, told, full: full === 1, nextDueAt: next === '' ? null : Number(next) };
  }

  /** Puts wrong counts right and returns them; forgets apps that have been empty since `emptySince`. */
  async verify(emptySince: number): Promise<WrongCount[]> {
    const flat = (await this.redis.run(VERIFY, KEY_PREFIX, [emptySince])) as (string | number)[];
    const wrong: WrongCount[] = [];
    for (let at = 0; at + 2 < flat.length; at += 3) {
      wrong.push({ app: String(flat[at]), counted: Number(flat[at + 1]), real: Number(flat[at + 2]) });
    }
    return wrong;
  }

  async count(now: number): Promise<Omit<SessionCount, 'runsOn'>> {
    const replies = await this.redis.pipe([
      ['hgetall', keys.counts],
      ['hgetall', keys.told],
    ]);
    const fault = replies.find((reply) => reply instanceof Error);
    if (fault) throw fault as Error;
    const byApp: Record<string, number> = {};
    let active = 0;
    for (const counts of replies as Record<string, string>[]) {
      for (const [app, text] of Object.entries(counts)) {
        const count = Math.max(0, Number(text));
        byApp[app] = (byApp[app] ?? 0) + count;
        active += count;
      }
    }
    return { active, byApp, t: now };
  }

  async get(app: string, id: string): Promise<Session | undefined> {
    const [session] = await this.getAll([{ app, id }]);
    return session;
  }

  /** The sessions of these ids, in this order; those that are over meanwhile are left out. */
  async getAll(ids: readonly { app: string; id: string }[]): Promise<Session[]> {
    if (ids.length === 0) return [];
    const replies = await this.redis.pipe(
      ids.map(({ app, id }) => ['hmget', keys.session(app, id), ...SESSION_FIELDS]),
    );
    return ids.flatMap(({ app, id }, at) => sessionOf(app, id, replies[at]) ?? []);
  }

  /** Sets the count of an app whose source only counts; it has no sessions of its own, so nothing is announced. */
  async setCount(app: string, active: number, now: number): Promise<void> {
    const replies = await this.redis.pipe([
      ['hset', keys.told, app, active],
      ['zadd', keys.apps, now, app],
    ]);
    const fault = replies.find((reply) => reply instanceof Error);
    if (fault) throw fault as Error;
  }

  /** How many events wait to be moved to the broker. */
  async backlog(): Promise<number> {
    return Number(await this.redis.call('xlen', keys.outbox));
  }

  /** Which source holds which app's sessions, or held some once. */
  async holders(): Promise<Record<string, string>> {
    return (await this.redis.call('hgetall', keys.held)) as Record<string, string>;
  }

  /** The source that holds a session; null: it speaks for itself; undefined: there is no such session. */
  async holderOf(app: string, id: string): Promise<string | null | undefined> {
    const [made, ended, held] = (await this.redis.call('hmget', keys.session(app, id), 'c', 'e', 'h')) as (string | null)[]; // prettier-ignore
    return made === null || ended !== null ? undefined : (held ?? null);
  }

  async forgetHolder(source: string): Promise<void> {
    await this.redis.call('hdel', keys.held, source);
  }

  /** The ids of an app's sessions that a source holds, a bounded number at a time; some may come twice. */
  async *heldBy(source: string, app: string): AsyncGenerator<{ id: string; expiresAt: number }[]> {
    let cursor = '0';
    do {
      const [next, ...flat] = (await this.redis.run(HELD, KEY_PREFIX, [app, source, cursor, 500])) as [
        string,
        ...string[],
      ];
      yield flat.flatMap((id, at) => (at % 2 === 0 ? [{ id, expiresAt: Number(flat[at + 1]) }] : []));
      cursor = next;
    } while (cursor !== '0');
  }

  private call(changes: readonly SessionChange[]): { key: string; args: Argument[] } {
    const { rememberMs, updateEveryMs, outboxLimit, appLimit } = this.rules;
    const args: Argument[] = [rememberMs, updateEveryMs, outboxLimit, appLimit];
    for (const { app, id, op, user, attrs, ttlMs, t, at, madeAt = at, seenAt = at, reason, held = '' } of changes) {
      args.push(app, id, op, user === null ? 0 : 1, user ?? '', attrsText(attrs), ttlMs, t ?? '', at, reason, held);
      args.push(madeAt, seenAt);
    }
    return { key: KEY_PREFIX, args };
  }
}

function sessionOf(app: string, id: string, reply: Reply): Session | undefined {
  if (reply instanceof Error) throw reply;
  const [ended, user, attrs, made, seen, expires] = reply as (string | null)[];
  if (ended !== null || !attrs) return undefined;
  const expiresAt = Number(expires) >= NEVER_MS ? null : Number(expires);
  const times = { createdAt: Number(made), lastSeenAt: Number(seen), expiresAt };
  return { app, id, user: user ?? null, attrs: JSON.parse(attrs) as Session['attrs'], ...times };
}
