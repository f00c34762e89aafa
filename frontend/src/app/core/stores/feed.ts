import { computed, DestroyRef, inject, type Signal } from '@angular/core';
import { map, merge, switchMap, tap, type Observable } from 'rxjs';
import { Connection } from '../connection.ts';
import { HttpFallback } from '../http-fallback.ts';
import { Repaint, type Tracked } from '../repaint.ts';
import type { TopicMessage, TopicStatus } from '../topic-entry.ts';
import type { Wish } from '../subscription-book.ts';
import { lingering, Topics } from '../topics.ts';

/** What is shown even while figures are paused. */
const WAITS_FOR_NOBODY: ReadonlySet<string> = new Set(['alerts', 'system']);

export type Source = 'none' | 'live' | 'http' | 'stored';
export interface Freshness {
  source: Source;
  /** When the last message came in, Unix ms by this browser; 0: none yet. */
  at: number;
}

/**
 * What all stores share: a topic's messages, or their stand-ins by HTTP, applied to a plain structure as they arrive,
 * while at least one viewer watches. Make one in an injection context.
 */
export class Feed {
  private readonly tracked: Tracked;
  private readonly connection = inject(Connection);
  private source: Source = 'none';
  private at = 0;
  /** Keeps the feed running while it is subscribed. */
  readonly running$: Observable<unknown>;

  /** Changes when the store's structure has; read it in every computed that reads the structure. */
  readonly version: Signal<number>;
  readonly status: Signal<TopicStatus>;
  readonly freshness: Signal<Freshness> = computed(() => {
    this.version();
    return { source: this.source === 'live' && !this.connection.live() ? 'none' : this.source, at: this.at };
  });
  /** Whether anything has arrived yet. */
  readonly loaded = computed(() => this.version() > 0);

  /** @param wish$ how the topic is wanted, for keyed and slowed ones */
  constructor(
    topic: string,
    private readonly apply: (message: TopicMessage, source: Exclude<Source, 'none'>) => void,
    wish$?: Observable<Wish>,
  ) {
    this.tracked = inject(Repaint).track(WAITS_FOR_NOBODY.has(topic) ? 'always' : 'figures');
    this.version = this.tracked.version;
    const topics = inject(Topics);
    this.status = topics.status(topic);
    const live$ = topics.topic$(topic, wish$).pipe(map((message) => ({ message, source: 'live' as const })));
    const http$ = inject(HttpFallback)
      .snapshots$(topic)
      .pipe(map((message) => ({ message, source: 'http' as const })));
    this.running$ = merge(live$, http$).pipe(
      tap(({ message, source }) => this.take(message, source)),
      lingering(),
    );
  }

  /** Applies a message as though the topic had sent it. */
  take(message: TopicMessage, source: 'live' | 'http'): void {
    this.source = source;
    this.at = Date.now();
    this.apply(message, source);
    this.tracked.mark();
  }

  /** Applies what was known at an earlier time, until something newer comes. */
  recall(data: Record<string, unknown>, at: number): void {
    this.source = 'stored';
    this.at = at;
    this.apply({ kind: 'snapshot', data }, 'stored');
    this.tracked.mark();
  }

  /**
   * Keeps the feed running until the caller is destroyed. Call in an injection context.
   * @param after$ it begins only when this emits
   */
  watch(after$?: Observable<unknown>): void {
    const viewing = (after$ ? after$.pipe(switchMap(() => this.running$)) : this.running$).subscribe();
    inject(DestroyRef).onDestroy(() => viewing.unsubscribe());
  }
}
