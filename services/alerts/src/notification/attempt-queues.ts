import { Queue, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { connectionFault, faultOf, redisRefusal, type Log } from '@deckwatch/bus';
import type { Parts, TlsMaterial } from '@deckwatch/service-kit';
import type { AttemptQueue } from './dispatcher.ts';

export interface QueueOptions {
  redisUrl: string;
  /** Whom to trust, and this client's own certificate and key. */
  redisTls?: TlsMaterial;
  log: Log;
  parts: Parts;
  /** Makes one attempt; returns the pause before the next, milliseconds, or null. */
  attempt(id: string): Promise<number | null>;
  /** Redis is back: jobs may be missing. */
  onBack(): void;
}

const PREFIX = 'deckwatch';
const MINUTE_MS = 60_000;
const ADD_TIMEOUT_MS = 2000;
const CLOSE_TIMEOUT_MS = 2000;
/** Attempts of a process that died are found so soon; those that take longer are prolonged meanwhile. */
const LOCK_MS = 10_000;
const LOOK_FOR_DEAD_MS = 5000;
/** The dispatcher decides when to give up. */
const ATTEMPTS = 100_000;

/** Says to BullMQ: once more, after that pause. */
class NotYet extends Error {
  constructor(readonly pauseMs: number) {
    super(`again in ${pauseMs} ms`);
  }
}

/** How much a channel takes: so many notices a minute, so many at the same time. */
export interface Pace {
  perMinute: number;
  concurrency: number;
}

interface Channel {
  pace: Pace;
  queue: Queue<{ id: string }>;
  worker: Worker<{ id: string }>;
}

/** The pace as BullMQ counts it, spread over the minute: `max` in each `duration`, milliseconds. */
export function limiterOf(perMinute: number): { max: number; duration: number } {
  const max = Math.max(1, Math.floor(perMinute / 60));
  return { max, duration: Math.ceil((max * MINUTE_MS) / perMinute) };
}

/** A BullMQ queue and worker for each channel, on connections that wait for Redis as long as it is away. */
export class AttemptQueues implements AttemptQueue {
  private readonly channels = new Map<string, Channel>();
  private readonly redis: Redis;
  /** Connections of workers, on which they wait for jobs. */
  private readonly copies = new Set<Redis>();
  private up = false;
  private lastFault = '';
  private wasUp = false;

  constructor(private readonly options: QueueOptions) {
    this.redis = this.connect();
    this.redis.on('ready', () => this.setUp(true));
    this.redis.on('close', () => this.setUp(false));
    options.parts.set('redis', 'not connected yet');
  }

  /** A channel that hangs or is slow holds up itself alone: each has a queue and workers of its own. */
  open(channelId: string, pace: Pace): void {
    const present = this.channels.get(channelId);
    if (!present) {
      const queue = new Queue<{ id: string }>(nameOf(channelId), this.shared());
      queue.on('error', (error) => this.say(channelId, error));
      this.channels.set(channelId, { pace, queue, worker: this.worker(channelId, pace) });
    } else if (present.pace.perMinute !== pace.perMinute || present.pace.concurrency !== pace.concurrency) {
      void within(CLOSE_TIMEOUT_MS, () => present.worker.close());
      Object.assign(present, { pace, worker: this.worker(channelId, pace) });
    }
  }

  async rest(channelId: string, ms: number): Promise<void> {
    const queue = this.channels.get(channelId)?.queue;
    if (queue && this.up) await within(ADD_TIMEOUT_MS, () => queue.rateLimit(ms));
  }

  /** Ends a channel's worker; with `forget`, its jobs too. */
  async close(channelId: string, forget = false): Promise<void> {
    const channel = this.channels.get(channelId);
    if (!channel) return;
    this.channels.delete(channelId);
    await within(CLOSE_TIMEOUT_MS, async () => {
      await channel.worker.close(!this.up);
      if (forget && this.up) await channel.queue.obliterate({ force: true });
      await channel.queue.close();
    });
  }

  async add({ id, channelId }: { id: string; channelId: string }, delayMs: number): Promise<boolean> {
    const queue = this.channels.get(channelId)?.queue;
    if (!queue || !this.up) return false;
    const options = {
      jobId: id,
      delay: delayMs,
      attempts: ATTEMPTS,
      backoff: { type: 'custom' },
      removeOnComplete: true,
      removeOnFail: true,
    };
    return (await within(ADD_TIMEOUT_MS, () => queue.add('attempt', { id }, options))) !== undefined;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.channels.keys()].map((id) => this.close(id)));
    // A worker whose attempt hangs was not waited for: its connection would look for Redis for ever.
    for (const redis of [this.redis, ...this.copies]) redis.disconnect();
  }

  private worker(channelId: string, { perMinute, concurrency }: Pace): Worker<{ id: string }> {
    const worker = new Worker<{ id: string }>(nameOf(channelId), (job) => this.work(job), {
      ...this.shared(),
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: LOOK_FOR_DEAD_MS,
      limiter: limiterOf(perMinute),
      settings: { backoffStrategy: (_made, _type, error) => (error instanceof NotYet ? error.pauseMs : 1000) },
    });
    worker.on('error', (error) => this.say(channelId, error));
    return worker;
  }

  private shared() {
    return { prefix: PREFIX, connection: this.redis, skipVersionCheck: true };
  }

  /** Connections report themselves; a job's failure is in the ledger. */
  private say(channelId: string, error: Error): void {
    this.options.log.debug('queue fault', { channel: channelId, fault: faultOf(error) });
  }

  private async work(job: Job<{ id: string }>): Promise<void> {
    const pause = await this.options.attempt(job.data.id);
    if (pause !== null) throw new NotYet(pause);
  }

  private connect(): Redis {
    const { redisUrl, redisTls } = this.options;
    const redis = new Redis(redisUrl, {
      maxRetriesPerRequest: null,
      disconnectTimeout: 200,
      retryStrategy: (times) => Math.min(2000, 100 * 2 ** Math.min(times, 6)) * (0.5 + Math.random() / 2),
      ...(redisTls && { tls: redisTls }),
    });
    redis.on('error', (error: Error) => void this.failed(error, redis));
    const duplicate = redis.duplicate.bind(redis);
    redis.duplicate = (over) => {
      const copy = duplicate(over);
      this.copies.add(copy);
      return copy.once('end', () => this.copies.delete(copy));
    };
    return redis;
  }

  /** It can't connect. That it went away was told already; why it was never there is told, each reason once. */
  private async failed(error: Error, { options }: Redis): Promise<void> {
    const fault = connectionFault(await redisRefusal(error, options), 'REDIS');
    if (this.up || fault === this.lastFault) return;
    this.lastFault = fault;
    this.options.parts.set('redis', `not connected: ${fault}`);
    if (!this.wasUp) this.options.log.warn('redis not reached', { fault });
  }

  private setUp(up: boolean): void {
    if (up === this.up) return;
    this.up = up;
    if (up) [this.wasUp, this.lastFault] = [true, ''];
    this.options.parts.set('redis', up ? null : 'not connected');
    this.options.log[up ? 'info' : 'warn'](up ? 'redis connected' : 'redis away');
    if (up) this.options.onBack();
  }
}

const nameOf = (channelId: string): string => `notify-${channelId}`;

/** The work's result; undefined when it failed or took longer. */
async function within<T>(ms: number, work: () => Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work().catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
