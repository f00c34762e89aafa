import { JetStreamApiError, type StoredMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/nats-core';
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { Backoff } from './backoff.ts';
import type { Bus } from './bus.ts';

const WRITE_ID = 'Deckwatch-Write';
const WRONG_LAST_SEQUENCE = 10071;
const NO_MESSAGE = 10037;
/** Errors of the broker that no retry mends: a message too large, no permission, a stream without room. */
const FINAL_STATUS = new Set([400, 403, 413]);

/** Another writer came between: this is what stands there now. */
export class FencedOut extends Error {
  constructor(
    readonly subject: string,
    readonly seq: number,
    /** The last message of the subject; undefined: it has none. */
    readonly stored: unknown,
  ) {
    super(`another writer has written ${subject}`);
    this.name = 'FencedOut';
  }
}

/** Too many writes wait for the broker. */
export class LogFull extends Error {
  constructor(waiting: number) {
    super(`${waiting} writes wait for the broker`);
    this.name = 'LogFull';
  }
}

export interface LastOfSubject<T> {
  seq: number;
  message: T;
}

/**
 * A stream whose subjects have one writer each. A write names the sequence that it expects to follow
 * (Nats-Expected-Last-Subject-Sequence), so a writer that was replaced can't overwrite its successor, and a write
 * whose acknowledgement was lost is recognised when it is tried again. Writes of one subject go in order.
 */
export class SubjectLog {
  private readonly seqs = new Map<string, number>();
  private readonly chains = new Map<string, Promise<unknown>>();
  private readonly writer = randomUUID();
  private writes = 0;
  private waiting = 0;

  constructor(
    private readonly bus: Bus,
    private readonly stream: string,
    private readonly maxWaiting = 10_000,
  ) {}

  /** Writes that wait for the broker. */
  get backlog(): number {
    return this.waiting;
  }

  /**
   * The last message of each subject under `filter`; those that don't fit `schema` are left out. Waits while the broker is
   * away; rejects when that is ended by `signal`.
   */
  async last<S extends z.ZodType>(
    filter: string,
    schema: S,
    signal?: AbortSignal,
  ): Promise<Map<string, LastOfSubject<z.output<S>>>> {
    const found = new Map<string, LastOfSubject<z.output<S>>>();
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        tail.stop();
        reject(signal!.reason as Error);
      };
      const tail = this.bus.tail(this.stream, {
        from: 'last-per-subject',
        filter,
        onReset: () => found.clear(),
        onMessage: (item) => {
          this.seqs.set(item.subject, item.seq);
          const parsed = schema.safeParse(item.json());
          if (parsed.success) found.set(item.subject, { seq: item.seq, message: parsed.data });
          else found.delete(item.subject);
        },
        onCaughtUp: () => {
          signal?.removeEventListener('abort', giveUp);
          tail.stop();
          resolve();
        },
      });
      if (signal?.aborted) return giveUp();
      signal?.addEventListener('abort', giveUp, { once: true });
      tail.start();
    });
    return found;
  }

  /**
   * Stores a message after the one with sequence `expected` (0: as the subject's first; default: what was last read or
   * written here). Waits while the broker is away. Throws FencedOut, LogFull, or the broker's final refusal.
   */
  append(subject: string, message: object, expected?: number, signal?: AbortSignal): Promise<number> {
    if (this.waiting >= this.maxWaiting) return Promise.reject(new LogFull(this.waiting));
    this.waiting += 1;
    const previous = this.chains.get(subject) ?? Promise.resolve();
    const write = previous
      .then(() => this.write(subject, JSON.stringify(message), expected, signal))
      .finally(() => {
        this.waiting -= 1;
        if (this.chains.get(subject) === settled) this.chains.delete(subject);
      });
    const settled = write.catch(() => undefined);
    this.chains.set(subject, settled);
    return write;
  }

  /** Deletes all messages of a subject. */
  async purge(subject: string): Promise<void> {
    await this.bus.jsm.streams.purge(this.stream, { filter: subject });
    this.seqs.delete(subject);
  }

  /** Frees what is remembered of a subject. */
  forget(subject: string): void {
    this.seqs.delete(subject);
  }

  private async write(subject: string, payload: string, expected?: number, signal?: AbortSignal): Promise<number> {
    const writeId = `${this.writer}-${(this.writes += 1)}`;
    const backoff = new Backoff({ baseMs: 100, maxMs: 2000 });
    const after = expected ?? this.seqs.get(subject) ?? 0;
    for (;;) {
      try {
        const h = headers();
        h.set(WRITE_ID, writeId);
        const ack = await this.bus.js.publish(subject, payload, {
          headers: h,
          timeout: 2000,
          retries: 0,
          expect: { lastSubjectSequence: after },
        });
        this.seqs.set(subject, ack.seq);
        return ack.seq;
      } catch (error) {
        if (error instanceof JetStreamApiError) {
          if (error.code === WRONG_LAST_SEQUENCE) return await this.adopt(subject, writeId, backoff, signal);
          if (FINAL_STATUS.has(error.status)) throw error;
        }
        if (this.bus.connection.isClosed() || signal?.aborted) throw error;
        await backoff.pause(signal);
      }
    }
  }

  /** After "wrong last sequence": our own write whose acknowledgement was lost, or somebody else's. */
  private async adopt(subject: string, writeId: string, backoff: Backoff, signal?: AbortSignal): Promise<number> {
    const stored = await this.lastStored(subject, backoff, signal);
    this.seqs.set(subject, stored?.seq ?? 0);
    if (stored && stored.header.get(WRITE_ID) === writeId) return stored.seq;
    throw new FencedOut(subject, stored?.seq ?? 0, stored ? parsed(stored) : undefined);
  }

  private async lastStored(subject: string, backoff: Backoff, signal?: AbortSignal): Promise<StoredMsg | null> {
    for (;;) {
      try {
        return await this.bus.jsm.streams.getMessage(this.stream, { last_by_subj: subject });
      } catch (error) {
        if (error instanceof JetStreamApiError && error.code === NO_MESSAGE) return null;
        if (this.bus.connection.isClosed() || signal?.aborted) throw error;
        await backoff.pause(signal);
      }
    }
  }
}

function parsed(stored: StoredMsg): unknown {
  try {
    return stored.json();
  } catch {
    return undefined;
  }
}
