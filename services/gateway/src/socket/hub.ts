import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  CLOSE,
  LIMITS,
  restartingReason,
  type ClientFrame,
  type ErrorCode,
  type Flags,
  type Hello,
} from '@deckwatch/contracts';
import { faultOf, type Log } from '@deckwatch/bus';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { WebSocket } from 'ws';
import type { User } from '../auth/user.ts';
import { parseClientFrame } from './client-frame.ts';
import { Connection, type Keeper } from './connection.ts';
import { Deadlines } from './deadlines.ts';
import type { Desk } from './desk.ts';
import { Dispatcher } from './dispatcher.ts';
import { Farewell } from './farewell.ts';
import { PING_FRAME, framed } from './frame.ts';
import { Message } from './message.ts';
import { Pulse } from './pulse.ts';

const MAX_STRIKES = 3;
/** RFC 6455, 7.4.1. */
const INTERNAL_ERROR = 1011;
/** Whose time is over is out so long afterwards at most: what ends by time alone is not told, and many end together. */
const REVIEW_MS = 500;
/** All are looked at from time to time even so, should it not have been told that a right ended. */
const FULL_REVIEW_MS = 30_000;

export interface HubLimits {
  helloMs: number;
  heartbeatMs: number;
  lingerMs: number;
}

export interface HubOptions {
  clock: Clock;
  log: Log;
  /** Of this gateway, told to each client. */
  version: string;
  desk: Desk;
  flags(): Flags;
  /** Who shows this token; undefined: nobody that is let in. */
  authenticate(token: string | undefined): Promise<User | undefined>;
  /** Whether what somebody was let in by still holds. */
  holds(user: User): boolean;
  limits?: Partial<HubLimits>;
  /** A client has been let in, and has gone. */
  onGreeted?(connection: Connection): void;
  onGone?(connection: Connection): void;
  onClosing?(code: number): void;
}

/** All clients, from the upgrade to the end. */
export class Hub implements Keeper {
  readonly dispatcher = new Dispatcher();
  private readonly connections = new Set<Connection>();
  private readonly limits: HubLimits;
  private readonly strangers: Deadlines<Connection>;
  private readonly leaving: Deadlines<Connection>;
  private readonly pulse: Pulse<Connection>;
  private farewell?: Farewell;
  private reviewing: Timer | undefined;
  /** When everybody is looked at next, Unix ms: no right ends by itself much earlier. */
  private reviewAt = Infinity;
  private heartbeat = { at: 0, frames: PING_FRAME };

  constructor(private readonly options: HubOptions) {
    const { clock } = options;
    this.limits = {
      helloMs: LIMITS.helloMs,
      heartbeatMs: LIMITS.heartbeatMs,
      lingerMs: LIMITS.lingerMs,
      ...options.limits,
    };
    this.strangers = new Deadlines(clock, this.limits.helloMs, (connection) =>
      connection.close(CLOSE.noHello, 'no hello'),
    );
    this.leaving = new Deadlines(clock, this.limits.lingerMs, (connection) => connection.destroy());
    this.pulse = new Pulse(clock, this.limits.heartbeatMs, (connection) => connection.beat(this.heartbeatFrames()));
    this.pulse.start();
    this.reviewBefore(clock.now() + FULL_REVIEW_MS);
  }

  get size(): number {
    return this.connections.size;
  }

  /** Those who said hello. */
  *greeted(): Generator<Connection> {
    for (const connection of this.connections) if (connection.user && !connection.closed) yield connection;
  }

  /** @param cookie the access token of its cookie, where its page may use that */
  open(ws: WebSocket, socket: Socket, cookie: string | undefined): Connection {
    const id = randomBytes(9).toString('base64url');
    const connection = new Connection(id, ws, socket, this, cookie, this.options.clock.now());
    this.connections.add(connection);
    this.strangers.add(connection);
    // Whoever comes back too early is asked back after all the others.
    if (this.farewell) this.sendAway(connection, this.farewell);
    return connection;
  }

  /** Whatever a client sends, nothing worse comes of it than the end of its own connection. */
  receive(connection: Connection, data: Buffer, isBinary: boolean): void {
    if (connection.closed || !this.allow(connection)) return;
    try {
      const parsed = isBinary ? { fault: 'binary frames are not spoken here' } : parseClientFrame(data.toString());
      if ('fault' in parsed) this.strike(connection, parsed.fault, parsed.id);
      else this.handle(connection, parsed.frame);
    } catch (error) {
      this.failed(connection, error);
    }
  }

  failed(connection: Connection, error: unknown): void {
    this.options.log.error('frame not handled', { connection: connection.id, fault: faultOf(error) });
    connection.close(INTERNAL_ERROR, 'internal error');
  }

  pinged(connection: Connection, data: Buffer): void {
    if (!connection.closed && this.allow(connection)) connection.pong(data);
  }

  ponged(connection: Connection): void {
    connection.unanswered = 0;
  }

  gone(connection: Connection): void {
    if (!this.connections.delete(connection)) return;
    connection.closed = true;
    this.strangers.delete(connection);
    this.leaving.delete(connection);
    this.pulse.delete(connection);
    this.options.desk.leaveAll(connection);
    if (connection.user) this.options.onGone?.(connection);
  }

  linger(connection: Connection, code?: number): void {
    if (code !== undefined) this.options.onClosing?.(code);
    this.options.desk.leaveAll(connection);
    this.leaving.add(connection);
  }

  /** Flags have changed. */
  follow(): void {
    for (const connection of this.greeted()) this.options.desk.follow(connection);
  }

  /** Ends those who may not stay: their time is over, or they were signed out, changed or deleted. */
  review(): void {
    this.reviewAt = Infinity;
    this.reviewBefore(this.options.clock.now() + FULL_REVIEW_MS);
    for (const connection of this.greeted()) {
      const user = connection.user!;
      if (this.options.holds(user)) this.reviewBefore(user.expiresAt);
      else connection.close(CLOSE.unauthenticated, 'no longer authenticated');
    }
  }

  /** One timer, set for when it is needed: one that ticks would cost a gateway at rest a fifth more. */
  private reviewBefore(endsAt: number | null): void {
    const { clock } = this.options;
    if (this.farewell || endsAt === null) return;
    const at = Math.max(endsAt, clock.now() + REVIEW_MS);
    if (at >= this.reviewAt) return;
    this.reviewAt = at;
    clock.clearTimeout(this.reviewing);
    this.reviewing = clock.setTimeout(() => this.review(), at - clock.now());
  }

  /** Sends all clients away, tells each when to come back, and waits until they are gone or cut off. */
  async shutDown(): Promise<void> {
    const { clock } = this.options;
    const farewell = new Farewell(this.connections.size, clock.now());
    this.farewell = farewell;
    [...this.connections].forEach((connection, index) => {
      clock.setTimeout(() => this.sendAway(connection, farewell), farewell.leavesAfterMs(index));
    });
    const end = clock.now() + Farewell.LASTS_MS + this.limits.lingerMs;
    while (this.connections.size > 0 && clock.now() < end) {
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 20));
    }
    for (const connection of this.connections) connection.destroy();
    this.strangers.close();
    this.leaving.close();
    this.pulse.stop();
    clock.clearTimeout(this.reviewing);
  }

  private sendAway(connection: Connection, farewell: Farewell): void {
    connection.returns = connection.sessionId !== connection.id;
    connection.close(CLOSE.restarting, restartingReason(farewell.nextReturnMs(this.options.clock.now())));
  }

  private handle(connection: Connection, frame: ClientFrame): void {
    if (!connection.user) return this.handleStranger(connection, frame);
    if (frame.event === 'hello') return this.strike(connection, 'hello was said already');
    if (frame.event === 'ping') return connection.push(Message.of('pong', { t: this.options.clock.now() }));
    if (frame.event === 'refresh') return this.queue(connection, () => this.refresh(connection, frame.data.token));
    const { desk } = this.options;
    this.queue(connection, () => {
      if (frame.event === 'subscribe') return desk.subscribe(connection, frame.data);
      return desk.unsubscribe(connection, frame.data.id, frame.data.topics);
    });
  }

  private handleStranger(connection: Connection, frame: ClientFrame): void {
    if (connection.greeting) return this.queue(connection, () => this.handle(connection, frame));
    if (frame.event !== 'hello') return this.strike(connection, 'the first frame must be hello');
    connection.greeting = true;
    this.queue(connection, () => this.admit(connection, frame.data));
  }

  private queue(connection: Connection, command: () => void | Promise<void>): void {
    if (!connection.run(command)) connection.close(CLOSE.tooManyMessages, 'too many messages');
  }

  private async admit(connection: Connection, { token, batch, console }: Hello): Promise<void> {
    const user = await this.options.authenticate(token ?? connection.cookie);
    connection.greeting = false;
    if (connection.closed) return;
    if (!user) return connection.close(CLOSE.unauthenticated, 'not authenticated');
    if (user.role === null) return connection.close(CLOSE.forbidden, 'this token may not look on');
    connection.batch = batch;
    if (console !== undefined) connection.sessionId = sessionIdOf(user, console);
    this.greet(connection, user);
  }

  /** A new access token of the same user, before the old one ends. */
  private async refresh(connection: Connection, token: string): Promise<void> {
    const user = await this.options.authenticate(token);
    if (connection.closed) return;
    if (user?.name === connection.user?.name && user?.role) {
      connection.user = user;
      this.reviewBefore(user.expiresAt);
    } else connection.close(CLOSE.unauthenticated, 'not authenticated');
  }

  private greet(connection: Connection, user: User): void {
    this.strangers.delete(connection);
    this.pulse.add(connection);
    connection.user = user;
    this.reviewBefore(user.expiresAt);
    const { id } = connection;
    const { heartbeatMs } = this.limits;
    const t = this.options.clock.now();
    connection.push(
      Message.of('welcome', {
        protocol: 1,
        connection: id,
        user: { name: user.name, role: user.role },
        flags: this.options.flags(),
        heartbeatMs,
        expiresAt: user.expiresAt,
        t,
        version: this.options.version,
      }),
    );
    this.options.desk.greet(connection);
    this.options.onGreeted?.(connection);
  }

  private allow(connection: Connection): boolean {
    connection.unanswered = 0;
    if (connection.rate.take(this.options.clock.now())) return true;
    connection.close(CLOSE.tooManyMessages, 'too many messages');
    return false;
  }

  private strike(connection: Connection, fault: string, id?: string | number): void {
    connection.strikes += 1;
    const code: ErrorCode = 'bad_request';
    connection.push(Message.of('error', { ...(id !== undefined && { id }), code, message: fault, retry: false }));
    if (connection.strikes >= MAX_STRIKES) connection.close(CLOSE.malformed, 'malformed frames');
  }

  /** Encoded once for all that are visited at the same moment. */
  private heartbeatFrames(): Buffer {
    const t = this.options.clock.now();
    if (t !== this.heartbeat.at) {
      const text = JSON.stringify({ event: 'heartbeat', data: { t } });
      this.heartbeat = { at: t, frames: Buffer.concat([framed([text]), PING_FRAME]) };
    }
    return this.heartbeat.frames;
  }
}

/** The same for the same console of the same user; its key can't be told from it, so nobody else can pass as it. */
function sessionIdOf({ name }: User, console: string): string {
  return createHash('sha256')
    .update(JSON.stringify([name, console]))
    .digest('base64url')
    .slice(0, 12);
}
