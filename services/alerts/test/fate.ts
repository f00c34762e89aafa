import type { Bus } from '@deckwatch/bus';
import { systemClock, type Clock } from '@deckwatch/service-kit';
import { Redis } from 'ioredis';

type Connection = Bus['connection'];
type Command = Parameters<Redis['sendCommand']>[0];

/** Where a process is killed: at the nth of its exchanges of that kind, before it or when it is done. */
export interface KillPoint {
  kind: string;
  nth: number;
  side: 'before' | 'after';
}

/** A receiver takes a notice: the process dies before it is answered, or before it hears the answer. */
export const WEBHOOK = 'webhook';
/** Its timers run faster by this, so that renewals, looks and sweeps come while a test looks on. */
const HASTE = 10;

/** As ioredis says it; after any other fault BullMQ would ask again at once, for ever. */
const CLOSED = 'Connection is closed.';

class Killed extends Error {}

/**
 * Stands between one life of a process and everything outside: names each exchange, and kills it at one of them. What
 * was sent before arrives; from then on nothing is heard or sent, and no timer goes off.
 */
export class Fate {
  private static readonly lives = new Map<string, Fate>();
  private static count = 0;

  /** Exchanges of Redis clients go through the fate that their URL names. Returns what ends that. */
  static ruleRedis(): () => void {
    const send = Redis.prototype.sendCommand;
    Redis.prototype.sendCommand = function (this: Redis, command: Command, ...given) {
      const fate = Fate.lives.get((this.options as { life?: string }).life ?? '');
      const pass = (): Promise<unknown> => send.call(this, command, ...given) as Promise<unknown>;
      // What comes before it is ready waits, and comes by once more.
      return fate && this.status === 'ready' ? fate.command(this, command, pass) : pass();
    };
    return () => {
      Redis.prototype.sendCommand = send;
      Fate.lives.clear();
    };
  }

  /** How many exchanges of each kind there were. */
  readonly passed = new Map<string, number>();
  readonly clock: Clock = {
    ...systemClock,
    setTimeout: (callback, ms) => setTimeout(() => this.dead || callback(), ms / HASTE).unref(),
  };
  dead = false;
  private readonly life = String((Fate.count += 1));
  private readonly clients = new Set<Redis>();
  private connection?: Connection;
  private gone: Promise<unknown> = Promise.resolve();

  constructor(private readonly point?: KillPoint) {
    Fate.lives.set(this.life, this);
  }

  redisUrl(url: string): string {
    return `${url}?life=${this.life}`;
  }

  /** From now on all that goes to the broker passes here. */
  ruleBroker(connection: Connection): void {
    this.connection = connection;
    const request = connection.request.bind(connection);
    const subscribe = connection.subscribe.bind(connection);
    // Acknowledgements go past the connection's own `publish`.
    const { protocol } = connection as unknown as { protocol: { publish: Connection['publish'] } };
    const publish = protocol.publish.bind(protocol);
    let requesting = false;
    connection.request = async (subject, ...given) => {
      const side = this.begin(kindOf(subject));
      this.throwIfDead();
      requesting = true;
      const answering = request(subject, ...given);
      // Its message has gone out by now.
      requesting = false;
      const answer = await answering;
      this.end(side);
      this.throwIfDead();
      return answer;
    };
    protocol.publish = (subject, ...given) => {
      if (requesting) return publish(subject, ...given);
      const side = this.begin(kindOf(subject));
      if (!this.dead) publish(subject, ...given);
      this.end(side);
    };
    connection.subscribe = (subject, ...given) => {
      const side = this.begin(kindOf(subject));
      const subscription = subscribe(subject, ...given);
      this.end(side);
      return subscription;
    };
  }

  /** A receiver was called. */
  called(answer: () => void): void {
    const side = this.begin(WEBHOOK);
    if (side !== 'before') answer();
    this.end(side);
  }

  kill(): void {
    if (this.dead) return;
    this.dead = true;
    for (const client of this.clients) client.disconnect();
    const { connection } = this;
    const sent = connection?.flush().catch(() => undefined);
    this.gone = Promise.resolve(sent).then(() => connection?.close());
  }

  /** Nothing of it is on its way any more. */
  async buried(): Promise<void> {
    await this.gone;
  }

  private command(client: Redis, command: Command, pass: () => Promise<unknown>): Promise<unknown> {
    this.clients.add(client);
    const side = this.begin(commandKind(client, command));
    if (this.dead) {
      command.reject(new Error(CLOSED));
      return command.promise;
    }
    const sent = pass();
    // The first to hear of the reply: whoever waits for it goes on as one who is dead.
    if (side === 'after') sent.then(() => this.kill(), () => undefined); // prettier-ignore
    return sent;
  }

  private begin(kind: string | null): KillPoint['side'] | null {
    const side = this.choose(kind);
    if (side === 'before') this.kill();
    return side;
  }

  private throwIfDead(): void {
    if (this.dead) throw new Killed('killed');
  }

  private end(side: KillPoint['side'] | null): void {
    if (side === 'after') this.kill();
  }

  private choose(kind: string | null): KillPoint['side'] | null {
    if (kind === null || this.dead) return null;
    const nth = (this.passed.get(kind) ?? 0) + 1;
    this.passed.set(kind, nth);
    const { point } = this;
    return point?.kind === kind && point.nth === nth ? point.side : null;
  }
}

/** null: the place where answers come in. */
function kindOf(subject: string): string | null {
  if (subject.includes('_INBOX')) return null;
  const parts = subject.split('.');
  if (subject.startsWith('$JS.ACK')) return '$JS.ACK';
  if (subject.startsWith('$JS.API.DIRECT')) return `DIRECT.GET.${parts[4]}`;
  if (subject.startsWith('$JS.API.CONSUMER.MSG')) return parts.slice(2, 6).join('.');
  if (subject.startsWith('$JS.API.')) return parts.slice(2, 5).join('.');
  if (parts[0] === '$KV') return parts.slice(0, 2).join('.');
  if (subject.startsWith('deckwatch.alerts.')) return 'deckwatch.alerts';
  return parts.slice(0, 3).join('.');
}

/** BullMQ's scripts by their names, other commands by theirs; null: what belongs to a connection. */
function commandKind(client: Redis, { name, args }: Command): string | null {
  if (['auth', 'client', 'hello', 'info', 'ping', 'quit', 'select'].includes(name)) return null;
  if (name !== 'evalsha' && name !== 'eval') return `redis ${name}`;
  const { scriptsSet } = client as unknown as { scriptsSet: Record<string, { sha: string; lua: string }> };
  const [script] = Object.entries(scriptsSet).find(([, { sha, lua }]) => args[0] === sha || args[0] === lua) ?? ['?'];
  return `redis ${script.split(':')[0]}`;
}
