import type { Socket } from 'node:net';
import { CLOSE, LIMITS } from '@deckwatch/contracts';
import type { WebSocket } from 'ws';
import type { User } from '../auth/user.ts';
import type { Subscription } from './subscription.ts';
import type { Dispatcher, Sender } from './dispatcher.ts';
import { Joints, type Message } from './message.ts';
import { RateLimit } from './rate-limit.ts';
import type { Receiver } from '../topics/receiver.ts';

/** Above so many unsent bytes a client counts as slow: what can wait waits. */
const CONGESTED_BYTES = 64 * 1024;
/** Above so many, nothing more is read from the client until it has read. */
const DEAF_BYTES = 1024 * 1024;
/** Messages larger than this go out as they are, not copied together with others. */
const JOINED_CHARS = 16 * 1024;
/** Commands that wait while one of the same client is being worked on. */
const MAX_WAITING = LIMITS.burst;
const OPEN = 1;

/** What the hub does for a connection. */
export interface Keeper {
  readonly dispatcher: Dispatcher;
  /** A connection is to end for good, a while after it was told why. */
  linger(connection: Connection, code?: number): void;
  /** What it asked for went wrong, by no fault of its own. */
  failed(connection: Connection, error: unknown): void;
}

/** One client: its socket, what it was told to be, and what is on its way to it. */
export class Connection implements Receiver, Sender {
  user?: User;
  /** Its hello is being looked at; what it says meanwhile waits. */
  greeting = false;
  batch = false;
  /** As which session of the app `deckwatch` it counts. */
  sessionId: string;
  /** It was asked back, and counts as the same session then. */
  returns = false;
  strikes = 0;
  closed = false;
  /** Pings that nothing came back for. */
  unanswered = 0;
  readonly subscriptions = new Map<string, Subscription>();
  readonly rate: RateLimit;
  /** Commands that wait; undefined: none is being worked on. */
  backlog?: (() => void | Promise<void>)[];
  private pending: Message[] = [];
  private pendingChars = 0;
  private draining = false;
  private deaf = false;
  private progress = 0;

  constructor(
    readonly id: string,
    private readonly ws: WebSocket,
    private readonly socket: Socket,
    private readonly keeper: Keeper,
    /** The access token of the cookie that came with it, where its page may use that; a hello without a token means it. */
    readonly cookie: string | undefined,
    now: number,
  ) {
    this.sessionId = id;
    this.rate = new RateLimit(LIMITS.framesPerSecond, LIMITS.burst, now);
  }

  /** Bytes that the client has not taken. */
  get unsent(): number {
    return this.socket.writableLength + this.pendingChars;
  }

  hasRoom(): boolean {
    if (this.unsent > CONGESTED_BYTES && this.pending.length > 0) this.flushNow();
    return this.unsent <= CONGESTED_BYTES;
  }

  push(message: Message): void {
    if (this.closed) return;
    if (this.pending.push(message) === 1) this.keeper.dispatcher.enlist(this);
    this.pendingChars += message.length;
  }

  flush(joints: Joints): void {
    const messages = this.takePending();
    if (messages.length === 1) this.socket.write(messages[0]!.frames(this.batch));
    else if (this.batch) this.writeBatched(messages, joints);
    else this.writeCorked(messages);
    if (this.draining) this.waitForDrain();
  }

  awaitDrain(): void {
    if (this.draining || this.closed) return;
    this.draining = true;
    if (this.pending.length === 0) this.waitForDrain();
  }

  endAsTooSlow(): void {
    this.close(CLOSE.tooSlow, 'too slow');
  }

  /** Tells why and ends; what does not go by itself is cut off a while later. */
  close(code: number, reason: string): void {
    if (this.closed) return;
    this.flushNow();
    this.closed = true;
    this.ws.close(code, reason);
    this.keeper.linger(this, code);
  }

  /** What the client sent can't be read, or it is gone: nothing more is written. */
  broken(): void {
    if (this.closed) return;
    this.closed = true;
    this.keeper.linger(this);
  }

  destroy(): void {
    this.closed = true;
    this.ws.terminate();
  }

  /**
   * A heartbeat, and a ping that must be answered before the next but one. Bytes that the client took since the last
   * visit are a sign of life too: its answer may be stuck behind them.
   */
  beat(heartbeat: Buffer): void {
    const taken = this.socket.bytesWritten - this.socket.writableLength;
    const moving = this.socket.writableLength > 0 && taken > this.progress;
    this.progress = taken;
    if (moving) this.unanswered = 0;
    if (this.unanswered >= 2) return this.destroy();
    this.unanswered += 1;
    if (this.closed || this.ws.readyState !== OPEN) return;
    if (this.socket.writableLength > CONGESTED_BYTES) return;
    this.socket.write(heartbeat);
  }

  /** Answers a protocol ping, unless the client floods us while it does not read. */
  pong(data: Buffer): void {
    if (!this.closed && this.unsent <= CONGESTED_BYTES) this.ws.pong(data);
  }

  /** Runs a command after those before it; false: too many wait. */
  run(command: () => void | Promise<void>): boolean {
    if (this.backlog) return this.backlog.push(command) <= MAX_WAITING;
    const working = this.attempt(command);
    this.listenOnlyToReaders();
    if (working) {
      this.backlog = [];
      void working.catch((error: unknown) => this.keeper.failed(this, error)).finally(() => this.runBacklog());
    }
    return true;
  }

  private attempt(command: () => void | Promise<void>): void | Promise<void> {
    try {
      return command();
    } catch (error) {
      this.keeper.failed(this, error);
    }
  }

  private runBacklog(): void {
    const waiting = this.backlog ?? [];
    this.backlog = undefined;
    while (waiting.length > 0 && !this.closed) {
      this.run(waiting.shift()!);
      if (this.backlog) {
        (this.backlog as typeof waiting).push(...waiting);
        return;
      }
    }
  }

  private writeBatched(messages: readonly Message[], joints: Joints): void {
    let run: Message[] = [];
    const writeRun = (): void => {
      if (run.length > 0) this.socket.write(joints.join(run).frames(true));
      run = [];
    };
    for (const message of messages) {
      if (message.length <= JOINED_CHARS) run.push(message);
      else {
        writeRun();
        this.socket.write(message.frames(true));
      }
    }
    writeRun();
  }

  private writeCorked(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    this.socket.cork();
    for (const message of messages) this.socket.write(message.frames(false));
    this.socket.uncork();
  }

  /** Lets out what is pending before the turn is over. */
  private flushNow(): void {
    const messages = this.takePending();
    if (this.batch) this.writeBatched(messages, new Joints());
    else this.writeCorked(messages);
  }

  private takePending(): Message[] {
    const messages = this.pending;
    this.pending = [];
    this.pendingChars = 0;
    return this.closed || this.ws.readyState !== OPEN ? [] : messages;
  }

  private waitForDrain(): void {
    if (this.socket.writableNeedDrain) this.socket.once('drain', () => this.drained());
    else setImmediate(() => this.drained());
  }

  /** Who asks and asks but does not read the answers is not read from either. */
  private listenOnlyToReaders(): void {
    if (this.deaf || this.unsent < DEAF_BYTES) return;
    this.deaf = true;
    this.ws.pause();
    this.awaitDrain();
  }

  private drained(): void {
    this.draining = false;
    if (this.closed) return;
    if (this.deaf) this.ws.resume();
    this.deaf = false;
    for (const subscription of this.subscriptions.values()) subscription.catchUp();
  }
}
