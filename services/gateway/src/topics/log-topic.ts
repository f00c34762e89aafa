import type { Clock, Timer } from '@deckwatch/service-kit';
import { LIMITS } from '@deckwatch/contracts';
import { Message } from '../socket/message.ts';
import type { Digest } from './digest.ts';
import { LogRing, type LogItem } from './log-ring.ts';
import type { Receiver } from './receiver.ts';

/** Items that come within so many milliseconds of a frame go out together; after a pause those of one turn do. */
const GATHER_MS = 4;
const TURN_MS = 1;
/** A burst may overrun a client that reads; one that has taken nothing for so long does not read. */
const PATIENCE_MS = 250;
/** What goes into one message at most, in characters; a longer replay comes in several. */
const CHUNK_CHARS = 64 * 1024;
const RING = { items: LIMITS.replayItems + 1000, chars: 32 * 1024 * 1024 };

export interface Position {
  epoch: string | number;
  seq: number;
}

/** What the broker says of the stream behind a topic, right now. */
export interface StreamFacts {
  epoch: number;
  lastSeq: number;
  /** Whether all messages after `seq` up to the last are still stored. */
  intactAfter(seq: number): Promise<boolean>;
}

/** One client's place in the log: it has everything up to `cursor`. */
export class Reader {
  /** What was there before it came does not count as unread. */
  grace: number;
  /** Since when its socket takes nothing more; 0: it does. */
  stuckSince = 0;

  constructor(
    readonly receiver: Receiver,
    public cursor: number,
    grace: number,
  ) {
    this.grace = grace;
  }
}

export interface LogTopicOptions {
  topic: string;
  digest: Digest;
  clock: Clock;
  unsentLimit?: number;
}

/**
 * Fans a log out: each client is a cursor in one shared ring, so a slow one costs no memory of its own, and clients at
 * the same place share one encoded frame. What can't be told in full is told as a hole, never left out silently.
 */
export class LogTopic {
  epoch = 0;
  /** The last item, or the last position known to hold none after it. */
  head = 0;
  ready = false;
  private processed = 0;
  private readonly ring = new LogRing(RING);
  private readonly readers = new Set<Reader>();
  private readonly chunks = new Map<number, { message: Message; to: number }>();
  private timer?: Timer;
  private gathering = false;
  private flushedAt = -Infinity;

  constructor(private readonly options: LogTopicOptions) {}

  get size(): number {
    return this.readers.size;
  }

  get position(): Position {
    return { epoch: this.epoch, seq: this.head };
  }

  /** The stream begins from scratch; items from `first` on will be told. Clients get a new snapshot once it is ready. */
  reset(epoch: number, first: number): void {
    this.epoch = epoch;
    this.head = first - 1;
    this.processed = first - 1;
    this.ready = false;
    this.ring.clear();
    this.options.digest.reset();
  }

  /** An item that was stored at `seq`; null: it is unreadable and passed over. */
  append(seq: number, subject: string, text: string | null, item?: unknown): void {
    if (seq <= this.processed) return;
    const prev = seq === this.processed + 1 ? this.head : seq - 1;
    this.processed = seq;
    if (text === null) {
      this.head = prev;
      return;
    }
    this.ring.push(seq, prev, text);
    this.head = seq;
    this.options.digest.apply(seq, subject, text, item);
    if (this.ready && !this.gathering) this.gather();
  }

  /** Everything up to `seq` has been told, or is gone from the stream. */
  caughtUp(seq: number): void {
    if (seq > this.processed) {
      this.processed = seq;
      this.head = seq;
    }
    if (this.ready) return;
    this.ready = true;
    for (const reader of this.readers) this.greet(reader);
  }

  /** Resolves true once the topic can be read, false after `limitMs`. */
  whenReady(limitMs: number): Promise<boolean> {
    return this.until(() => this.ready, limitMs);
  }

  /**
   * Whether a client that holds `since` can be given exactly what it misses. Waits a little where another gateway was
   * ahead of this one.
   */
  async recoverable(since: Position, facts: (seq: number) => Promise<StreamFacts>): Promise<boolean> {
    if (since.epoch !== this.epoch || !Number.isSafeInteger(since.seq)) return false;
    const { epoch, lastSeq, intactAfter } = await facts(since.seq);
    if (epoch !== since.epoch || since.seq > lastSeq || lastSeq - since.seq > LIMITS.replayItems) return false;
    if (since.seq < lastSeq && !(await intactAfter(since.seq))) return false;
    if (!(await this.until(() => this.processed >= lastSeq, 1000))) return false;
    return this.epoch === epoch && this.ring.covers(since.seq, this.head);
  }

  /** Takes a client in: with `since`, what follows it; else with a snapshot. */
  join(receiver: Receiver, since?: number): Reader {
    const reader = new Reader(receiver, since ?? this.head, this.ring.offset);
    this.readers.add(reader);
    if (since === undefined) this.greet(reader);
    else this.pump(reader);
    this.chunks.clear();
    return reader;
  }

  leave(reader: Reader): void {
    this.readers.delete(reader);
  }

  /** The client has read what was unsent: it goes on where it stopped. */
  catchUp(reader: Reader): void {
    if (this.readers.has(reader)) this.pump(reader);
    this.chunks.clear();
  }

  close(): void {
    this.options.clock.clearTimeout(this.timer);
  }

  /** Frames keep a few milliseconds between them, so that what comes meanwhile goes out together. */
  private gather(): void {
    const { clock } = this.options;
    this.gathering = true;
    clock.clearTimeout(this.timer);
    const wait = this.flushedAt + GATHER_MS - clock.now();
    this.timer = clock.setTimeout(() => this.flush(), Math.min(GATHER_MS, Math.max(TURN_MS, wait)));
  }

  private flush(): void {
    this.timer = undefined;
    this.gathering = false;
    this.flushedAt = this.options.clock.now();
    for (const reader of this.readers) this.pump(reader);
    this.chunks.clear();
  }

  private greet(reader: Reader): void {
    if (!this.ready) return;
    const { topic, digest } = this.options;
    const head = `{"event":"snapshot","data":{"topic":"${topic}","epoch":${this.epoch},"seq":${this.head},"data":`;
    reader.receiver.push(new Message([`${head}{"items":[${digest.texts().join(',')}]}}}`]));
    reader.cursor = this.head;
    reader.grace = this.ring.offset;
  }

  /** Sends what the client has not yet, as far as its socket takes it. */
  private pump(reader: Reader): void {
    const { receiver } = reader;
    while (this.ready && reader.cursor < this.head) {
      if (!receiver.hasRoom()) return this.judge(reader);
      reader.stuckSince = 0;
      const chunk = this.chunkAfter(reader.cursor);
      if (!chunk) return;
      receiver.push(chunk.message);
      reader.cursor = chunk.to;
    }
  }

  /** Too far behind for a while is the end; else it goes on when the socket has drained. */
  private judge(reader: Reader): void {
    const { clock, unsentLimit = LIMITS.unsentLogBytes } = this.options;
    const unread = this.ring.offset - Math.max(reader.grace, this.ring.offsetAfter(reader.cursor));
    reader.stuckSince ||= clock.now();
    if (unread <= unsentLimit) return reader.receiver.awaitDrain();
    if (clock.now() - reader.stuckSince >= PATIENCE_MS) return reader.receiver.endAsTooSlow();
    reader.receiver.awaitDrain();
    this.timer ??= clock.setTimeout(() => this.flush(), PATIENCE_MS);
  }

  private chunkAfter(cursor: number): { message: Message; to: number } | undefined {
    let chunk = this.chunks.get(cursor);
    if (chunk) return chunk;
    const items = this.ring.after(cursor, CHUNK_CHARS);
    const last = items.at(-1);
    if (!last) return undefined;
    chunk = { message: new Message(items.map((item) => this.encode(item))), to: last.seq };
    this.chunks.set(cursor, chunk);
    return chunk;
  }

  private encode({ seq, prev, text }: LogItem): string {
    return `{"event":"event","data":{"topic":"${this.options.topic}","epoch":${this.epoch},"seq":${seq},"prev":${prev},"data":${text}}}`;
  }

  private until(holds: () => boolean, limitMs: number): Promise<boolean> {
    const { clock } = this.options;
    const end = clock.now() + limitMs;
    return new Promise((resolve) => {
      const look = (): void => {
        if (holds()) resolve(true);
        else if (clock.now() >= end) resolve(false);
        else clock.setTimeout(look, 10);
      };
      look();
    });
  }
}
