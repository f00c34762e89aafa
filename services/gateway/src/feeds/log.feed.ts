import type { Bus, StreamTail, TailItem } from '@deckwatch/bus';
import { LIMITS } from '@deckwatch/contracts';
import type { z } from 'zod';
import type { LogTopic } from '../topics/log-topic.ts';

export interface LogFeedOptions<S extends z.ZodType> {
  bus: Bus;
  stream: string;
  topic: LogTopic;
  schema: S;
  /** Hears every readable item, and that the stream begins from scratch. */
  onItem?(item: z.output<S>): void;
  onReset?(): void;
  /** The topic is not ready before this; called with each beginning. */
  prepare?(): Promise<void>;
  /** All of the past has been told. */
  onSettled?(): void;
}

/** Fills a log topic from its stream: the latest items at the start, then each as it is stored. */
export class LogFeed<S extends z.ZodType> {
  private readonly tail: StreamTail;
  private prepared: Promise<void> = Promise.resolve();
  private beginnings = 0;

  constructor(private readonly options: LogFeedOptions<S>) {
    const { bus, stream, topic } = options;
    const at = {
      // Read by the tail after each reset: it begins so far back that every client which may recover can.
      from: 1,
      onReset: ({ epoch, lastSeq }: { epoch: number; lastSeq: number }): void => {
        at.from = Math.max(1, lastSeq - LIMITS.replayItems);
        topic.reset(epoch, at.from);
        this.beginnings += 1;
        options.onReset?.();
        this.prepared = options.prepare?.() ?? Promise.resolve();
      },
      onMessage: (item: TailItem): void => this.take(item),
      onCaughtUp: (): void => void this.caughtUp(),
    };
    this.tail = bus.tail(stream, at);
  }

  start(): void {
    this.tail.start();
  }

  stop(): void {
    this.tail.stop();
  }

  private take(item: TailItem): void {
    const { topic, schema, onItem } = this.options;
    const raw = safeJson(item);
    const parsed = schema.safeParse(raw);
    if (!parsed.success) return topic.append(item.seq, item.subject, null);
    topic.append(item.seq, item.subject, JSON.stringify(raw), parsed.data);
    onItem?.(parsed.data);
  }

  private async caughtUp(): Promise<void> {
    const beginning = this.beginnings;
    await this.prepared;
    if (beginning !== this.beginnings) return;
    this.options.onSettled?.();
    this.options.topic.caughtUp(this.tail.position.seq);
  }
}

function safeJson(item: TailItem): unknown {
  try {
    return item.json();
  } catch {
    return undefined;
  }
}
