import type { Clock, Timer } from '@deckwatch/service-kit';
import { faultOf, type Log } from '@deckwatch/bus';
import { RedisAway } from '../redis/redis-connection.ts';
import type { Outcome, SessionChange } from '../registry/session-change.ts';
import { NotTaken, type ChangeSink } from './session-source.ts';

export interface ChangeRegistry {
  applyAll(changes: readonly SessionChange[]): Promise<(Outcome | Error)[]>;
}

/** What the queue tells of its work. */
export interface QueueWatch {
  applied(outcome: Outcome): void;
  /** A change without a waiting sender was given up. */
  dropped(why: 'overflow' | 'refused'): void;
}

interface Waiting {
  change: SessionChange;
  /** Missing: nobody waits. */
  settle?: { resolve(outcome: Outcome): void; reject(fault: NotTaken): void };
  attempts: number;
}

/** Changes that wait for Redis at most; about 10 MB of the largest usual kind. */
export const QUEUE_LIMIT = 10_000;
const BATCH = 256;
const RETRY_MS = 250;
const ATTEMPTS = 3;

const REFUSALS: Partial<Record<Outcome, NotTaken>> = {
  full: new NotTaken('too many session events wait for the broker', true),
  apps: new NotTaken('too many apps', false),
};

/**
 * The one way into the registry: changes in the order in which they came, many in one round trip. While Redis is away
 * those whose sender waits are answered with an error at once, and the others wait, the newest {@link QUEUE_LIMIT}:
 * the later a word on a session the more it counts.
 */
export class ChangeQueue implements ChangeSink {
  private waiting: Waiting[] = [];
  private busy = false;
  private closed = false;
  private retry?: Timer;

  constructor(
    private readonly registry: ChangeRegistry,
    private readonly watch: QueueWatch,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly limit = QUEUE_LIMIT,
  ) {}

  get length(): number {
    return this.waiting.length;
  }

  submit(change: SessionChange): Promise<Outcome> {
    if (this.closed) return Promise.reject(new NotTaken('the service is stopping', true));
    if (this.waiting.length >= this.limit) return Promise.reject(new NotTaken('too many changes are waiting', true));
    return new Promise((resolve, reject) => this.add({ change, settle: { resolve, reject }, attempts: 0 }));
  }

  push(change: SessionChange): void {
    if (this.closed) return;
    this.add({ change, attempts: 0 });
    this.trim();
  }

  /** Lets what is under way end; what still waits is given up. */
  async close(): Promise<void> {
    this.closed = true;
    this.clock.clearTimeout(this.retry);
    while (this.busy) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const { settle } of this.waiting.splice(0)) settle?.reject(new NotTaken('the service is stopping', true));
  }

  private add(entry: Waiting): void {
    this.waiting.push(entry);
    if (!this.busy && this.retry === undefined) void this.pump();
  }

  private async pump(): Promise<void> {
    this.busy = true;
    this.clock.clearTimeout(this.retry);
    this.retry = undefined;
    // A turn of the loop gathers what arrives together.
    await Promise.resolve();
    let away = false;
    while (this.waiting.length > 0 && !away) away = !(await this.applyBatch(this.waiting.splice(0, BATCH)));
    this.busy = false;
    if (this.closed || this.waiting.length === 0) return;
    this.retry = this.clock.setTimeout(() => void this.pump(), RETRY_MS);
  }

  /** Returns false when Redis did not take all of it; what may still be applied is back at the head of the queue. */
  private async applyBatch(batch: Waiting[]): Promise<boolean> {
    const results = await this.registry.applyAll(batch.map(({ change }) => change));
    const again: Waiting[] = [];
    batch.forEach((entry, at) => {
      const result = results[at] ?? new Error('no reply');
      if (result instanceof Error) this.fail(entry, result, again);
      else this.finish(entry, result);
    });
    if (again.length === 0) return true;
    this.waiting = [...again, ...this.waiting];
    this.rejectWaiting();
    this.trim();
    return false;
  }

  private finish({ settle }: Waiting, outcome: Outcome): void {
    this.watch.applied(outcome);
    const refusal = REFUSALS[outcome];
    if (refusal && settle) settle.reject(refusal);
    else if (refusal) this.watch.dropped('refused');
    else settle?.resolve(outcome);
  }

  private fail(entry: Waiting, error: Error, again: Waiting[]): void {
    const away = error instanceof RedisAway;
    if (!away) entry.attempts += 1;
    if (entry.settle) {
      entry.settle.reject(
        new NotTaken(away ? 'the session registry is away' : 'the session registry refused', true, { cause: error }),
      );
      if (!away) this.log.warn('session change refused', { app: entry.change.app, fault: faultOf(error) });
    } else if (entry.attempts < ATTEMPTS) {
      again.push(entry);
    } else {
      this.watch.dropped('refused');
      this.log.warn('session change given up', { app: entry.change.app, fault: faultOf(error) });
    }
  }

  /** Nobody is kept waiting for a Redis that does not answer. */
  private rejectWaiting(): void {
    const fault = new NotTaken('the session registry is away', true);
    for (const { settle } of this.waiting) settle?.reject(fault);
    this.waiting = this.waiting.filter(({ settle }) => !settle);
  }

  private trim(): void {
    const excess = this.waiting.length - this.limit;
    if (excess <= 0) return;
    for (const { settle } of this.waiting.splice(0, excess)) {
      settle?.reject(new NotTaken('too many changes are waiting', true));
      if (!settle) this.watch.dropped('overflow');
    }
  }
}
