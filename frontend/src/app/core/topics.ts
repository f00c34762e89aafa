import { computed, DestroyRef, effect, inject, Service, signal, type Signal } from '@angular/core';
import { flagOf, parseTopic, type ErrorCode, type ServerFrame, type ServerFrames } from '@deckwatch/contracts/wire';
import { Observable, of, share, Subscription, timer, type MonoTypeOperatorFunction } from 'rxjs';
import { Connection } from './connection.ts';
import { isRecord } from './frames.ts';
import { Idle } from './idle.ts';
import { SubscriptionBook, type Wish } from './subscription-book.ts';
import { TopicEntry, type TopicMessage, type TopicStatus } from './topic-entry.ts';

const RETRY_MS: Partial<Record<ErrorCode, number>> = { unavailable: 5000, disabled: 30_000, limit: 30_000 };
const LINGER_MS = 3000;
/** What changes every second and tells no trouble: not sent to a tab that nobody looks at. */
const RESTS_WHEN_IDLE = /^stats\b/;

/** Shares a stream, and keeps it for a moment after its last viewer has left: pages come and go. */
export function lingering<T>(ms = LINGER_MS): MonoTypeOperatorFunction<T> {
  return share({ resetOnRefCountZero: () => timer(ms) });
}

/**
 * All topics of the page over its one connection. A topic is subscribed while someone views it and only then; after a
 * reconnection, a hole in a log or a flag that is on again it goes on by itself. What changes within one turn of the
 * event loop goes out together.
 */
@Service()
export class Topics {
  private readonly connection = inject(Connection);
  private readonly book = new SubscriptionBook();
  private readonly entries = new Map<string, TopicEntry>();
  private readonly viewed = signal<ReadonlyMap<string, TopicEntry>>(new Map());
  private readonly timers = new Subscription();
  private readonly idle = inject(Idle).idle;
  private flushing = false;

  constructor() {
    effect(() => {
      this.idle();
      this.flushSoon();
    });
    const frames = this.connection.frames$.subscribe((batch) => batch.forEach((frame) => this.take(frame)));
    inject(DestroyRef).onDestroy(() => {
      frames.unsubscribe();
      this.timers.unsubscribe();
    });
  }

  /**
   * A topic's messages. A second viewer makes the gateway send everybody a fresh snapshot; streams that many view are
   * shared by the stores. A keyed or slowed topic takes its `wish` from the latest viewer that named one.
   */
  topic$(topic: string, wish$: Observable<Wish> = of({})): Observable<TopicMessage> {
    return new Observable((observer) => {
      const entry = this.enter(topic);
      const viewing = entry.messages.subscribe(observer);
      viewing.add(wish$.subscribe((wish) => this.wish(topic, wish)));
      viewing.add(() => this.leave(topic, entry));
      return viewing;
    });
  }

  status(topic: string): Signal<TopicStatus> {
    return computed(() => {
      const entry = this.viewed().get(topic);
      if (!entry) return { kind: 'idle' };
      return this.connection.live() || entry.status().kind === 'rejected' ? entry.status() : { kind: 'waiting' };
    });
  }

  private enter(topic: string): TopicEntry {
    const entry = this.entries.get(topic) ?? new TopicEntry();
    if (!this.entries.has(topic)) {
      this.entries.set(topic, entry);
      this.viewed.set(new Map(this.entries));
    } else {
      this.book.forget(topic);
    }
    entry.viewers += 1;
    return entry;
  }

  private leave(topic: string, entry: TopicEntry): void {
    entry.viewers -= 1;
    if (entry.viewers > 0) return;
    this.entries.delete(topic);
    this.viewed.set(new Map(this.entries));
    this.book.drop(topic);
    this.flushSoon();
  }

  private wish(topic: string, wish: Wish): void {
    this.book.want(topic, wish);
    this.flushSoon();
  }

  private askAgain(topic: string): void {
    if (!this.entries.has(topic)) return;
    this.book.forget(topic);
    this.flushSoon();
  }

  private flushSoon(): void {
    if (this.flushing) return;
    this.flushing = true;
    queueMicrotask(() => {
      this.flushing = false;
      this.flush();
    });
  }

  private flush(): void {
    if (!this.connection.live()) return;
    const { subscribe, unsubscribe } = this.book.requests(
      (topic) => this.sinceOf(topic),
      (topic) => this.idle() && RESTS_WHEN_IDLE.test(topic),
    );
    for (const request of subscribe) {
      this.connection.send('subscribe', request);
      for (const topic of request.topics) this.entries.get(topic)?.asked();
    }
    if (unsubscribe.length > 0) this.connection.send('unsubscribe', { id: 'end', topics: unsubscribe });
  }

  private sinceOf(topic: string) {
    return parseTopic(topic)?.kind === 'log' ? (this.entries.get(topic)?.since ?? null) : null;
  }

  private take(frame: ServerFrame): void {
    switch (frame.event) {
      case 'welcome':
        return this.begin();
      case 'subscribed':
        return this.takeAnswer(frame.data);
      case 'snapshot':
        this.entries.get(frame.data.topic)?.snapshot(frame.data);
        return this.heedFlags(frame.data);
      case 'update':
        if (this.entries.get(frame.data.topic)?.update(frame.data) === false) this.askAgain(frame.data.topic);
        return this.heedFlags(frame.data);
      case 'event':
        if (this.entries.get(frame.data.topic)?.event(frame.data) === false) this.askAgain(frame.data.topic);
        return;
      case 'error':
        return this.takeError(frame.data);
      default:
        return;
    }
  }

  private begin(): void {
    for (const entry of this.entries.values()) entry.lost();
    this.book.forgetAll();
    this.flush();
  }

  private takeAnswer(answer: ServerFrames['subscribed']): void {
    for (const topic of answer.topics) this.entries.get(topic.topic)?.subscribed(topic);
    for (const { topic, code, message } of answer.rejected ?? []) this.reject(topic, code, message);
  }

  private takeError(error: ServerFrames['error'] & { topic?: unknown; topics?: unknown }): void {
    const named = Array.isArray(error.topics) ? error.topics : [error.topic];
    for (const topic of named) if (typeof topic === 'string') this.reject(topic, error.code, error.message);
  }

  private reject(topic: string, code: ErrorCode, message: string): void {
    this.entries.get(topic)?.rejected(code, message);
    const retryMs = RETRY_MS[code];
    if (retryMs === undefined) return;
    this.timers.add(timer(retryMs).subscribe(() => this.resume(topic)));
  }

  private resume(topic: string): void {
    if (this.entries.get(topic)?.status().kind === 'rejected') this.askAgain(topic);
  }

  /** Flags travel on `system`: one thrown off ends its topics at once, one thrown on brings them back. */
  private heedFlags({ topic, data }: { topic: string; data: unknown }): void {
    if (topic !== 'system' || !isRecord(data) || !Array.isArray(data['items'])) return;
    for (const item of data['items'] as unknown[]) {
      if (!isRecord(item) || item['kind'] !== 'flag') continue;
      for (const [name, entry] of this.entries) {
        const parsed = parseTopic(name);
        if (!parsed || flagOf(parsed) !== item['name']) continue;
        if (item['value'] === true) this.resume(name);
        else if (item['value'] === false) entry.rejected('disabled', 'switched off');
      }
    }
  }
}
