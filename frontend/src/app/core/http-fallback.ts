import { computed, inject, Injector, Service, signal } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { STAT_COLS, type ErrorCode } from '@deckwatch/contracts/wire';
import { EMPTY, filter, map, Observable, ReplaySubject, share, switchMap, tap, timer } from 'rxjs';
import { autoRefresh } from './auto-refresh.ts';
import { BROWSER } from './browser.ts';
import { Connection } from './connection.ts';
import { isRecord } from './frames.ts';
import { Rest } from './rest.ts';
import type { TopicMessage } from './topic-entry.ts';
import { Topics } from './topics.ts';

const PACE = { firstMs: 1000, everyMs: 5000, mostMs: 30_000 };
const SAME_TIME_MS = 500;
const NOT_BY_HTTP_EITHER: ErrorCode[] = ['forbidden', 'unknown_topic', 'bad_request'];

/**
 * The REST answers that stand in for a topic while it cannot be had live: while there is no connection (also where
 * something between refuses WebSockets but lets HTTP through) or the topic is switched off. Polls every 5 s, first one
 * second after the need arose, more rarely while nothing answers, and stops when the topic is live again.
 */
@Service()
export class HttpFallback {
  private readonly browser = inject(BROWSER);
  private readonly connection = inject(Connection);
  private readonly topics = inject(Topics);
  private readonly rest = inject(Rest);
  private readonly injector = inject(Injector);
  private readonly answered = signal<number | null>(null);
  /** When HTTP last gave an answer that could be used, Unix ms by this browser; null: never. */
  readonly answeredAt = this.answered.asReadonly();

  private readonly readers = new Map<string, Observable<TopicMessage>>();
  /** Inventory and figures come in one answer, which both topics may want at the same time. */
  private readonly containers$ = this.rest
    .list('/containers')
    .pipe(share({ connector: () => new ReplaySubject(1), resetOnComplete: () => timer(SAME_TIME_MS) }));

  /** Snapshots of a topic by HTTP, while they are needed. Nothing for topics that HTTP has no answer for. */
  snapshots$(topic: string): Observable<TopicMessage> {
    const read$ = this.readers.get(topic) ?? this.readerOf(topic);
    if (!read$) return EMPTY;
    this.readers.set(topic, read$);
    const status = this.topics.status(topic);
    const needed = computed(() => {
      const state = status();
      if (state.kind === 'rejected') return !NOT_BY_HTTP_EITHER.includes(state.code);
      return !this.connection.live();
    });
    return toObservable(needed, { injector: this.injector }).pipe(
      switchMap((isNeeded) => (isNeeded ? this.poll(read$) : EMPTY)),
    );
  }

  private poll(read$: Observable<TopicMessage>): Observable<TopicMessage> {
    return autoRefresh(read$.pipe(tap(() => this.answered.set(Date.now()))), PACE, this.browser);
  }

  private readerOf(topic: string): Observable<TopicMessage> | undefined {
    switch (topic) {
      case 'hosts':
        return this.rest.list('/hosts').pipe(map(asItems));
      case 'containers':
        return this.containers$.pipe(map(asItems));
      case 'stats':
      case 'stats.visible':
        return this.containers$.pipe(map(asStats));
      case 'alerts':
        return this.rest.list('/alerts').pipe(map(asItems));
      case 'sessions.count':
        return this.rest.get('/sessions/count').pipe(filter(isRecord), map(asSnapshot));
      case 'sessions.events':
        return this.rest.get('/sessions/events?limit=10').pipe(filter(isRecord), map(asSnapshot));
      default:
        return undefined;
    }
  }
}

function asSnapshot(data: Record<string, unknown>): TopicMessage {
  return { kind: 'snapshot', data };
}

function asItems(items: unknown[]): TopicMessage {
  return asSnapshot({ items });
}

/** The samples that came with the containers, as the topic `stats` would have sent them. */
function asStats(items: unknown[]): TopicMessage {
  let t = 0;
  const rows: unknown[][] = [];
  for (const item of items.filter(isRecord)) {
    const stats = item['stats'];
    if (!isRecord(stats)) continue;
    if (typeof stats['t'] === 'number') t = Math.max(t, stats['t']);
    rows.push([item['key'], ...STAT_COLS.map((col) => stats[col] ?? null)]);
  }
  return asSnapshot({ t, cols: STAT_COLS, rows });
}
