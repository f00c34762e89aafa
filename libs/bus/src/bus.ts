import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { PermissionViolationError, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import {
  BUCKETS,
  STREAMS,
  subjects,
  type BucketDeclaration,
  type RpcMethod,
  type RpcTable,
} from '@deckwatch/contracts';
import { BehaviorSubject, type Observable } from 'rxjs';
import { z } from 'zod';
import { Bucket } from './bucket.ts';
import { connectForGood, type BrokerAddress } from './connect.ts';
import { ensureBucket, ensureStream } from './declare.ts';
import { faultOf, type Log } from './log.ts';
import { patiently } from './patiently.ts';
import { RpcFault } from './rpc-fault.ts';
import { callMethod, serveTable, type RpcHandlers } from './rpc.ts';
import { StreamTail, type TailOptions } from './stream-tail.ts';
import { SubjectLog } from './subject-log.ts';

export interface BusMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly reply?: string;
  /** Throws SyntaxError for what is not JSON. */
  json(): unknown;
  respond(message: object): void;
}

export interface BusSubscription {
  unsubscribe(): void;
}

export interface SubscribeOptions {
  /** One member of a queue group gets each message. */
  queue?: string;
}

export interface BusOptions extends BrokerAddress {
  log: Log;
  signal?: AbortSignal;
  /** On how many servers of a cluster streams and buckets are kept. Default: as they are, one for what is made. */
  replicas?: number;
}

/** A subject's prefix for requests: a service's name, or a function from method to subject. */
export type RpcPrefix = string | ((method: string) => string);

const COMPLAINT_PAUSE_MS = 10_000;

/**
 * The one way to the broker: plain JSON on every subject. While the broker is away, `publish` drops and counts (live
 * figures are worthless later); what must not be lost goes through {@link SubjectLog}, which waits.
 */
export class Bus {
  readonly counters = { published: 0, dropped: 0, rejected: 0, refused: 0, reconnects: 0 };
  private readonly status = new BehaviorSubject<'up' | 'down'>('up');
  readonly status$: Observable<'up' | 'down'> = this.status;
  private readonly tails = new Set<StreamTail>();
  private lastComplaint = 0;

  private constructor(
    readonly connection: NatsConnection,
    readonly js: JetStreamClient,
    readonly jsm: JetStreamManager,
    private readonly logger: Log,
    private readonly replicas: number | undefined,
  ) {
    void this.watchStatus();
  }

  /** Waits until the broker answers. Rejects only when `signal` is raised. */
  static async connect(options: BusOptions): Promise<Bus> {
    const tell = (fault: string): void => options.log.warn('broker not reached', { fault });
    const connection = await connectForGood(options, options.signal, tell);
    return new Bus(
      connection,
      jetstream(connection),
      await jetstreamManager(connection, { checkAPI: false }),
      options.log,
      options.replicas,
    );
  }

  get connected(): boolean {
    return this.status.value === 'up' && !this.connection.isClosed();
  }

  /** Sends on core NATS; false while the broker is away. */
  publish(subject: string, message: object | string | Uint8Array): boolean {
    if (!this.connected) {
      this.counters.dropped += 1;
      return false;
    }
    const payload = typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message);
    this.connection.publish(subject, payload);
    this.counters.published += 1;
    return true;
  }

  flush(): Promise<void> {
    return this.connection.flush();
  }

  /** The hot road: every message as it comes, on the reader's own turn, with no queue between. */
  subscribe(subject: string, handler: (message: BusMessage) => void, options: SubscribeOptions = {}): BusSubscription {
    const callback = (error: Error | null, message: Msg): void => {
      if (error) return this.complain('subscription failed', { subject, fault: error.message });
      try {
        handler(busMessage(message));
      } catch (fault) {
        this.counters.rejected += 1;
        this.complain('message refused', { subject: message.subject, fault: faultOf(fault) });
      }
    };
    const subscription: Subscription = this.connection.subscribe(subject, { callback, queue: options.queue });
    return { unsubscribe: () => subscription.isClosed() || subscription.unsubscribe() };
  }

  /** As `subscribe`, for messages of one shape; what does not fit is counted and logged, at most once in ten seconds. */
  listen<S extends z.ZodType>(
    subject: string,
    schema: S,
    handler: (message: z.output<S>, raw: BusMessage) => void,
    options: SubscribeOptions = {},
  ): BusSubscription {
    const validated = (raw: BusMessage): void => {
      const parsed = schema.safeParse(raw.json());
      if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
      handler(parsed.data, raw);
    };
    return this.subscribe(subject, validated, options);
  }

  /**
   * Sends a request and returns the parsed answer. Throws RpcFault 503 without a receiver and when the broker goes
   * meanwhile, since no answer comes then; 504 after `timeoutMs`.
   */
  async request(subject: string, message: object, timeoutMs = 2000): Promise<unknown> {
    if (!this.connected) throw new RpcFault(503, 'the broker is away');
    const away = this.untilAway();
    try {
      const answered = this.connection.request(subject, JSON.stringify(message), { timeout: timeoutMs });
      return (await Promise.race([answered, away.rejected])).json();
    } catch (error) {
      const timeout = error instanceof Error && error.name === 'TimeoutError';
      throw new RpcFault(timeout ? 504 : 503, `no answer on ${subject}`, undefined, { cause: error });
    } finally {
      away.end();
    }
  }

  /** Rejects when the broker goes; to be ended. */
  private untilAway(): { rejected: Promise<never>; end(): void } {
    let status: { unsubscribe(): void } | undefined;
    const rejected = new Promise<never>((_, reject) => {
      status = this.status$.subscribe((now) => now === 'down' && reject(new Error('the broker went away')));
    });
    return { rejected, end: () => status?.unsubscribe() };
  }

  /** Calls a method of another service by its table in libs/contracts. Throws RpcFault. */
  call<T extends RpcTable, M extends keyof T & string>(
    prefix: RpcPrefix,
    table: T,
    method: M,
    request: z.input<T[M]['request']>,
    timeoutMs?: number,
  ): Promise<z.output<T[M]['reply']>> {
    return callMethod(
      this,
      rpcSubject(prefix, method),
      table[method] as RpcMethod,
      request as object,
      timeoutMs,
    ) as never;
  }

  /** Answers the methods of a table; one member of the queue group `queue` (default: the service) gets each request. */
  serve<T extends RpcTable>(prefix: RpcPrefix, table: T, handlers: RpcHandlers<T>, queue?: string): BusSubscription {
    const group = queue ?? (typeof prefix === 'string' ? prefix : 'deckwatch');
    return serveTable(this, (method) => rpcSubject(prefix, method), table, handlers, group, this.logger);
  }

  /** Streams that are missing are made, and those that `mayShape` names brought to their shape. Default: all. */
  async ensureStreams(
    wanted = Object.keys(STREAMS),
    mayShape: (stream: string) => boolean = () => true,
  ): Promise<void> {
    const { replicas } = this;
    for (const stream of Object.values(STREAMS)) {
      if (wanted.includes(stream.name))
        await ensureStream(this.jsm, stream, { shape: mayShape(stream.name), replicas });
    }
  }

  /** Buckets that are missing are made, and those that `mayShape` names brought to their shape. Default: all. */
  async ensureBuckets(wanted?: string[], mayShape: (bucket: string) => boolean = () => true): Promise<void> {
    const { js, jsm, replicas } = this;
    for (const bucket of Object.values(BUCKETS)) {
      if (wanted?.includes(bucket.name) ?? true)
        await ensureBucket(js, jsm, bucket, { shape: mayShape(bucket.name), replicas });
    }
  }

  /** Waits where the broker does not answer just now, as servers of a cluster that start or elect don't. */
  async bucket<S extends z.ZodType>(declaration: BucketDeclaration, schema: S): Promise<Bucket<z.output<S>>> {
    const { js, jsm, replicas, connection } = this;
    const open = () => ensureBucket(js, jsm, declaration, { shape: false, replicas });
    const kv = await patiently(open, () => connection.isClosed());
    return new Bucket(this, kv, declaration.name, schema as never, this.logger);
  }

  log(stream: keyof typeof STREAMS): SubjectLog {
    return new SubjectLog(this, stream);
  }

  tail(stream: string, options: TailOptions): StreamTail {
    const tail = new StreamTail(this, stream, options, this.logger, () => this.tails.delete(tail));
    this.tails.add(tail);
    return tail;
  }

  /** Stops the tails, lets out what is still to send, closes. */
  async close(): Promise<void> {
    for (const tail of this.tails) tail.stop();
    this.tails.clear();
    if (this.connection.isClosed()) return;
    if (this.connected) await this.connection.drain().catch(() => this.connection.close());
    else await this.connection.close();
    this.status.complete();
  }

  /** Says something of a message, at most once in ten seconds. */
  private complain(message: string, fields: object): void {
    const now = Date.now();
    if (now - this.lastComplaint < COMPLAINT_PAUSE_MS) return;
    this.lastComplaint = now;
    this.logger.warn(message, { ...fields, rejected: this.counters.rejected });
  }

  /** The broker does not let our user do it: its permissions and this code do not fit together. */
  private refused({ operation, subject }: PermissionViolationError): void {
    this.counters.refused += 1;
    this.complain('not permitted by the broker', { operation, subject });
  }

  private async watchStatus(): Promise<void> {
    for await (const status of this.connection.status()) {
      const { type } = status;
      if (type === 'error' && status.error instanceof PermissionViolationError) this.refused(status.error);
      else if (type === 'disconnect') {
        this.status.next('down');
        this.logger.warn('broker away');
      } else if (type === 'reconnect') {
        this.counters.reconnects += 1;
        this.status.next('up');
        this.logger.info('broker back');
      }
    }
  }
}

function rpcSubject(prefix: RpcPrefix, method: string): string {
  return typeof prefix === 'string' ? subjects.rpc(prefix, method) : prefix(method);
}

function busMessage(message: Msg): BusMessage {
  return {
    subject: message.subject,
    data: message.data,
    reply: message.reply,
    json: () => message.json(),
    respond: (answer) => void message.respond(JSON.stringify(answer)),
  };
}
