import {
  LIMITS,
  PLAIN_TOPICS,
  TOPIC_ROLES,
  flagOf,
  parseTopic,
  type ErrorCode,
  type Flags,
  type Role,
  type Subscribe,
  type Topic,
} from '@deckwatch/contracts';
import type { Directory, Place, Seat } from '../topics/directory.ts';
import { mayActAs } from '../auth/user.ts';
import type { Connection } from './connection.ts';
import { Message } from './message.ts';

/** Topics that every client gets while `selectiveSubscriptions` is off. */
const EVERYTHING = Object.keys(PLAIN_TOPICS).filter((name) => name !== 'stats.visible');
const READY_MS = 5000;

interface Rejection {
  topic: string;
  code: ErrorCode;
  message: string;
}

interface Wish {
  name: string;
  topic: Topic;
  rateMs: number;
  keys: readonly string[];
  implicit: boolean;
  since?: number;
}

/** One topic of one client, as the desk keeps it. */
interface Entry extends Wish {
  suspended: boolean;
  catchUp(): void;
  seat?: Seat;
}

/** Where clients ask for topics: checks what they ask, keeps what they have, and follows the flags. */
export class Desk {
  constructor(
    private readonly directory: Directory,
    private readonly flags: () => Flags,
  ) {}

  /** Never rejects. Returns a promise only when the answer needs to wait for the broker. */
  subscribe(connection: Connection, request: Subscribe): void | Promise<void> {
    const rejected: Rejection[] = [];
    const wishes: Wish[] = [];
    const keys = [...new Set(request.keys)];
    for (const name of new Set(request.topics)) {
      const topic = parseTopic(name);
      const isNew = !connection.subscriptions.has(name);
      const rejection = this.judge(
        connection.user?.role ?? null,
        name,
        topic,
        keys.length,
        isNew ? connection.subscriptions.size + countNew(connection, wishes) : 0,
      );
      if (rejection) rejected.push(rejection);
      else
        wishes.push({
          name,
          topic: topic!,
          rateMs: request.rateMs ?? LIMITS.defaultRateMs,
          keys: topic!.name === 'stats.visible' ? keys : [],
          implicit: false,
        });
    }
    const logs = wishes.filter((wish) => this.directory.log(wish.topic));
    if (logs.every((wish) => !request.since?.[wish.name] && this.directory.log(wish.topic)?.topic.ready)) {
      return this.admit(connection, request, wishes, rejected);
    }
    return this.consult(request, logs, wishes, rejected).then((ready) =>
      this.admit(connection, request, ready, rejected),
    );
  }

  unsubscribe(connection: Connection, id: string | number, topics: readonly string[]): void {
    for (const name of new Set(topics)) {
      const left = this.leave(connection, name);
      if (left && !this.flags().selectiveSubscriptions && EVERYTHING.includes(name))
        this.giveImplicitly(connection, name);
    }
    connection.push(Message.of('unsubscribed', { id, topics }));
  }

  /** A client has said hello. */
  greet(connection: Connection): void {
    if (!this.flags().selectiveSubscriptions) this.giveEverything(connection);
  }

  /** A flag was thrown: topics end or begin again. */
  follow(connection: Connection): void {
    const flags = this.flags();
    for (const entry of entriesOf(connection)) {
      const flag = flagOf(entry.topic);
      const on = flag === null || flags[flag];
      if (!on && !entry.suspended) this.suspend(connection, entry);
      else if (on && entry.suspended) this.resume(connection, entry);
    }
    if (!flags.selectiveSubscriptions) return this.giveEverything(connection);
    for (const entry of entriesOf(connection)) if (entry.implicit) this.leave(connection, entry.name);
  }

  leaveAll(connection: Connection): void {
    for (const entry of entriesOf(connection)) entry.seat?.leave();
    connection.subscriptions.clear();
  }

  private judge(
    role: Role | null,
    name: string,
    topic: Topic | undefined,
    keys: number,
    held: number,
  ): Rejection | undefined {
    const reject = (code: ErrorCode, message: string): Rejection => ({ topic: name, code, message });
    if (!topic) return reject('unknown_topic', 'there is no such topic');
    const needed = TOPIC_ROLES[topic.name];
    if (!mayActAs(role, needed)) return reject('forbidden', `needs the role ${needed}`);
    const flag = flagOf(topic);
    if (flag !== null && !this.flags()[flag]) return reject('disabled', `switched off by the flag ${flag}`);
    if (held >= LIMITS.topicsAndKeys) return reject('limit', `at most ${LIMITS.topicsAndKeys} topics a connection`);
    if (topic.name === 'stats.visible' && keys > LIMITS.topicsAndKeys)
      return reject('limit', `at most ${LIMITS.topicsAndKeys} keys`);
    return undefined;
  }

  /** Finds out which log topics can be resumed where the client left off; those that can't be read are rejected. */
  private async consult(request: Subscribe, logs: Wish[], wishes: Wish[], rejected: Rejection[]): Promise<Wish[]> {
    const unavailable = new Set<Wish>();
    await Promise.all(
      logs.map(async (wish) => {
        const { topic, facts } = this.directory.log(wish.topic)!;
        const since = request.since?.[wish.name];
        if (!(await topic.whenReady(READY_MS))) unavailable.add(wish);
        else if (since && (await topic.recoverable(since, facts).catch(() => false))) wish.since = since.seq;
      }),
    );
    for (const wish of unavailable)
      rejected.push({ topic: wish.name, code: 'unavailable', message: 'the broker is away; try again' });
    return wishes.filter((wish) => !unavailable.has(wish));
  }

  private admit(connection: Connection, { id }: Subscribe, wishes: Wish[], rejected: Rejection[]): void {
    if (connection.closed) return;
    const places = wishes.map((wish) => {
      this.leave(connection, wish.name);
      return this.place(wish);
    });
    const topics = wishes.map(({ name, since }, index) => {
      const { epoch, seq } = places[index]!.position();
      return { topic: name, epoch, seq, recovered: since !== undefined };
    });
    connection.push(Message.of('subscribed', { id, topics, rejected }));
    wishes.forEach((wish, index) => this.enter(connection, wish, places[index]!));
  }

  private enter(connection: Connection, wish: Wish, place: Place): void {
    const entry: Entry = { ...wish, suspended: false, catchUp: () => entry.seat?.catchUp() };
    connection.subscriptions.set(wish.name, entry);
    entry.seat = place.join(connection, wish.since);
  }

  private leave(connection: Connection, name: string): boolean {
    const entry = connection.subscriptions.get(name) as Entry | undefined;
    entry?.seat?.leave();
    return connection.subscriptions.delete(name);
  }

  private suspend(connection: Connection, entry: Entry): void {
    entry.suspended = true;
    entry.seat?.leave();
    entry.seat = undefined;
    const message = `${entry.name} was switched off by the flag ${flagOf(entry.topic)}`;
    connection.push(Message.of('error', { code: 'disabled', message, retry: true, topic: entry.name }));
  }

  private resume(connection: Connection, entry: Entry): void {
    entry.suspended = false;
    entry.seat = this.place(entry).join(connection);
  }

  private giveEverything(connection: Connection): void {
    for (const name of EVERYTHING) if (!connection.subscriptions.has(name)) this.giveImplicitly(connection, name);
  }

  private giveImplicitly(connection: Connection, name: string): void {
    const topic = parseTopic(name)!;
    if (this.judge(connection.user?.role ?? null, name, topic, 0, 0)) return;
    const wish = { name, topic, rateMs: LIMITS.defaultRateMs, keys: [], implicit: true };
    this.enter(connection, wish, this.place(wish));
  }

  private place({ name, topic, rateMs, keys }: Wish): Place {
    return this.directory.place(name, topic, rateMs, keys);
  }
}

function entriesOf(connection: Connection): Entry[] {
  return [...connection.subscriptions.values()] as Entry[]; // filled by this file alone
}

function countNew(connection: Connection, wishes: readonly Wish[]): number {
  return wishes.reduce((count, wish) => count + (connection.subscriptions.has(wish.name) ? 0 : 1), 0);
}
