import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { Redis, type RedisOptions } from 'ioredis';
import { Backoff, connectionFault, redisRefusal, type Log } from '@deckwatch/bus';
import type { TlsMaterial } from '@deckwatch/service-kit';
import type { Script } from './script.ts';

export interface RedisAddress {
  /**
   * `redis://` or `rediss://`, with user, password and database where they are needed; or
   * `redis+sentinel://host:port,host:port/master/database`, user and password being the master's.
   */
  url: string;
  /** Path of the certificate authority's certificate; turns TLS on. */
  ca?: string;
  /** Instead of `ca`: whom it trusts, and this client's own certificate and key. */
  tls?: TlsMaterial;
  /** How its settings' names begin; without it, it is a source of the user's. */
  settings?: 'REDIS';
  /** How the client shows in the server's list. */
  name: string;
}

/** Redis does not answer; whether a command that was under way was carried out is not known. */
export class RedisAway extends Error {
  constructor(options?: ErrorOptions) {
    super('redis is away', options);
    this.name = 'RedisAway';
  }
}

export type Argument = string | number;
/** A reply of Redis, or the error that one command of several was answered with. */
export type Reply = unknown;

const SENTINEL_URL = /^(rediss?)\+sentinel:\/\/(?:([^@/]*)@)?([^/]+)\/([^/?]+)(?:\/(\d+))?$/;
const SENTINEL_PORT = 26379;

/** undefined: the address names a server itself. */
function sentinelOptions(url: string): RedisOptions | undefined {
  const [, scheme, login = '', hosts, master, db] = SENTINEL_URL.exec(url) ?? [];
  if (hosts === undefined || master === undefined) return undefined;
  const [username, password] = login.split(':').map(decodeURIComponent);
  const sentinels = hosts.split(',').map((host) => {
    const [name, port] = host.split(':');
    return { host: name!, port: Number(port ?? SENTINEL_PORT) };
  });
  return {
    sentinels,
    name: decodeURIComponent(master),
    db: Number(db ?? 0),
    ...(username && { username }),
    ...(password && { password }),
    ...(scheme === 'rediss' && { tls: {}, enableTLSForSentinelMode: true }),
  };
}

const COMMAND_TIMEOUT_MS = 3000;
/** In the client's own words. */
const TIMED_OUT = 'Command timed out';
/** Errors by which Redis says that it can't serve anybody now. */
const UNAVAILABLE = /^(LOADING|OOM|MISCONF|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|UNKILLABLE|BUSY) ?/;

/**
 * One connection to Redis that comes back for good with jittered back-off. Nothing is queued while it is away:
 * commands fail at once with {@link RedisAway}, and nothing that was under way is sent again by itself.
 */
export class RedisConnection {
  readonly client: Redis;
  private readonly listeners = new Set<(fault: string | null) => void>();
  private state: string | null = 'not connected yet';
  private lastFault = '';
  private wasUp = false;

  constructor(
    private readonly address: RedisAddress,
    private readonly log: Log,
    options: RedisOptions = {},
    /** Commands without an answer for so long, milliseconds, mean that it is away. */
    private readonly patienceMs = COMMAND_TIMEOUT_MS,
  ) {
    const backoff = new Backoff({ baseMs: 50, maxMs: 2000 });
    const sentinels = sentinelOptions(address.url);
    const usual: RedisOptions = {
      protocol: 2,
      lazyConnect: true,
      connectionName: address.name,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 3000,
      retryStrategy: () => backoff.next(),
      ...(address.ca && { tls: { ca: readFileSync(address.ca) } }),
      ...(address.tls && { tls: address.tls }),
      ...options,
    };
    this.client = sentinels ? new Redis({ ...sentinels, ...usual }) : new Redis(address.url, usual);
    // The client's own limit, a timer for each command, costs more than the commands: it is for the greeting alone.
    this.client.options.commandTimeout = patienceMs;
    this.client.on('ready', () => {
      this.client.options.commandTimeout = undefined;
      backoff.reset();
      this.turn(null);
    });
    // Why it can't be reached is worth more than that it is closed.
    this.client.on('close', () => {
      this.client.options.commandTimeout = patienceMs;
      if (this.state === null) this.turn('not connected');
    });
    this.client.on('error', (error: Error) => {
      // The client hears of a socket's first error only; TLS may tell of another, which nobody else would take.
      (this.client as unknown as { stream?: Duplex }).stream?.on('error', () => undefined);
      if (this.state !== null) void this.failed(error);
    });
  }

  /** A further connection, for commands that block. */
  another(name: string): RedisConnection {
    return new RedisConnection({ ...this.address, name }, this.log, {}, 10_000);
  }

  /** Begins to connect; does not wait. */
  open(): void {
    this.client.connect().catch(() => undefined); // told by `error`, tried again by retryStrategy
  }

  get up(): boolean {
    return this.state === null;
  }

  /** Why it can't be used; null: it can. */
  get fault(): string | null {
    return this.state;
  }

  /** Calls back with the state now and at each change; returns how to end that. */
  watch(listener: (fault: string | null) => void): () => void {
    this.listeners.add(listener);
    listener(this.state);
    return () => this.listeners.delete(listener);
  }

  /** Runs one command. Throws RedisAway, or what Redis answered. */
  async call(command: string, ...args: Argument[]): Promise<Reply> {
    try {
      return await this.within(this.client.call(command, ...args));
    } catch (error) {
      throw this.told(error);
    }
  }

  /** Runs a script on a key. */
  async run(script: Script, key: string, args: Argument[]): Promise<Reply> {
    const [reply] = await this.runAll(script, [{ key, args }]);
    if (reply instanceof Error) throw reply;
    return reply;
  }

  /** Runs a script any number of times, in order; each reply is a value or an Error. Never throws. */
  async runAll(script: Script, calls: readonly { key: string; args: Argument[] }[]): Promise<Reply[]> {
    const commands = calls.map(({ key, args }): [string, ...Argument[]] => ['evalsha', script.sha, 1, key, ...args]);
    const replies = await this.pipe(commands);
    // Redis was started anew and has no scripts: none was carried out. They bear being run twice all the same.
    if (!replies.some((reply) => reply instanceof Error && reply.message.startsWith('NOSCRIPT'))) return replies;
    const [loaded] = await this.pipe([['script', 'load', script.lua]]);
    return loaded instanceof Error ? calls.map(() => loaded) : this.pipe(commands);
  }

  /** Sends several commands at once; each reply is a value or an Error. Never throws. */
  async pipe(commands: [string, ...Argument[]][]): Promise<Reply[]> {
    try {
      const replies = await this.within(this.client.pipeline(commands).exec());
      return (replies ?? []).map(([error, reply]) => (error ? this.told(error) : reply));
    } catch (error) {
      return commands.map(() => this.told(error));
    }
  }

  /** Waits for an answer, but not for ever. */
  async within<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(TIMED_OUT)), this.patienceMs);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.listeners.clear();
    await Promise.race([
      this.client.quit().catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, 500).unref()),
    ]);
    this.client.disconnect();
  }

  /** It can't connect. That it went away was told already; why it was never there is told, each reason once. */
  private async failed(error: Error): Promise<void> {
    const fault = connectionFault(await redisRefusal(error, this.client.options), this.address.settings);
    if (this.state === null) return;
    if (!this.wasUp && fault !== this.lastFault) this.log.warn('redis not reached', { name: this.address.name, fault });
    this.lastFault = fault;
    this.turn(`not connected: ${fault}`);
  }

  private turn(fault: string | null): void {
    if (fault === this.state) return;
    const before = this.state;
    this.state = fault;
    if (fault === null) this.wasUp = true;
    if (fault === null) this.log.info('redis connected', { name: this.address.name });
    else if (before === null) this.log.warn('redis away', { name: this.address.name, fault });
    for (const listener of this.listeners) listener(fault);
  }

  /** What Redis answered stays; all else means that it is away. A server that hangs is left and connected to anew. */
  private told(error: unknown): Error {
    const { name, message } = error as Error;
    if (name === 'ReplyError' && !UNAVAILABLE.test(message)) return error as Error;
    if (message === TIMED_OUT && this.up) this.client.disconnect(true);
    return new RedisAway({ cause: error });
  }
}
