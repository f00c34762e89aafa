import { computed, DestroyRef, inject, type Signal } from '@angular/core';
import { map, merge, tap, type Observable } from 'rxjs';
import { Connection } from '../connection.ts';
import { HttpFallback } from '../http-fallback.ts';
import { Repaint } from '../repaint.ts';
import type { TopicMessage, TopicStatus } from '../topic-entry.ts';
import { lingering, Topics } from '../topics.ts';

export type Source = 'none' | 'live' | 'http';
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
  private readonly tracked = inject(Repaint).track();
  private readonly stream$: Observable<unknown>;
  private readonly connection = inject(Connection);
  private source: Source = 'none';
  private at = 0;

  /** Changes when the store's structure has; read it in every computed that reads the structure. */
  readonly version = this.tracked.version;
  readonly status: Signal<TopicStatus>;
  readonly freshness: Signal<Freshness> = computed(() => {
    this.version();
    return { source: this.source === 'live' && !this.connection.live() ? 'none' : this.source, at: this.at };
  });
  /** Whether anything has arrived yet. */
  readonly loaded = computed(() => this.version() > 0);

  constructor(topic: string, apply: (message: TopicMessage, source: 'live' | 'http') => void) {
    const topics = inject(Topics);
    this.status = topics.status(topic);
    const live$ = topics.topic$(topic).pipe(map((message) => ({ message, source: 'live' as const })));
    const http$ = inject(HttpFallback)
      .snapshots$(topic)
      .pipe(map((message) => ({ message, source: 'http' as const })));
    this.stream$ = merge(live$, http$).pipe(
      tap(({ message, source }) => {
        this.source = source;
        this.at = Date.now();
        apply(message, source);
        this.tracked.mark();
      }),
      lingering(),
    );
  }

  /** Keeps the feed running until the caller is destroyed. Call in an injection context. */
  watch(): void {
    const viewing = this.stream$.subscribe();
    inject(DestroyRef).onDestroy(() => viewing.unsubscribe());
  }
}
