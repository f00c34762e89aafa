import type { SessionEvent } from '@deckwatch/contracts';
import type { Metrics, Parts } from '@deckwatch/service-kit';
import type { PublisherWatch } from './outbox/outbox-publisher.ts';
import type { OutboxState } from './outbox/redis-outbox.ts';
import type { Outcome } from './registry/session-change.ts';
import type { QueueWatch } from './sources/change-queue.ts';

const DELAY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5, 30, 300];

/** Tells Prometheus, and readiness, what the workers see. */
export class SessionMeter implements PublisherWatch, QueueWatch {
  private readonly active;
  private readonly outcomes;
  private readonly refusals;
  private readonly droppedChanges;
  private readonly storedEvents;
  private readonly delays;
  private readonly unreadableEntries;
  private readonly wrongCounts;
  private outbox: OutboxState = { length: 0, oldestAt: null };

  constructor(
    metrics: Metrics,
    private readonly parts: Pick<Parts, 'set'>,
    now: () => number,
    queueLength: () => number,
  ) {
    const name = (rest: string) => `deckwatch_sessions_${rest}`;
    this.active = metrics.gauge(name('active'), 'Active sessions by app', undefined, ['app']);
    this.outcomes = metrics.counter(name('changes_total'), 'Changes that sources told, by outcome', ['outcome']);
    this.refusals = metrics.counter(name('ingest_rejected_total'), 'Ingest messages refused', ['why']);
    this.droppedChanges = metrics.counter(name('changes_dropped_total'), 'Changes given up without a waiting sender', [
      'why',
    ]);
    this.storedEvents = metrics.counter(name('events_stored_total'), 'Events stored in the stream', ['event']);
    this.delays = metrics.histogram(name('publish_delay_seconds'), 'From the registry to the stream', DELAY_BUCKETS);
    this.unreadableEntries = metrics.counter(
      name('outbox_unreadable_total'),
      'Entries of the outbox that were no events',
    );
    this.wrongCounts = metrics.counter(name('wrong_counts_total'), 'Counts that had to be put right');
    metrics.gauge(name('outbox_entries'), 'Events that wait for the broker', () => this.outbox.length);
    metrics.gauge(name('outbox_age_seconds'), 'Age of the oldest event that waits', () =>
      this.outbox.oldestAt === null ? 0 : Math.max(0, now() - this.outbox.oldestAt) / 1000,
    );
    metrics.gauge(name('queue_entries'), 'Changes that wait for Redis', queueLength);
  }

  applied(outcome: Outcome): void {
    this.outcomes.inc({ outcome });
  }

  dropped(why: 'overflow' | 'refused'): void {
    this.droppedChanges.inc({ why });
  }

  refused(why: 'invalid' | 'not-taken'): void {
    this.refusals.inc({ why });
  }

  stored({ event }: SessionEvent, delayMs: number): void {
    this.storedEvents.inc({ event });
    this.delays.observe(delayMs / 1000);
  }

  fault(reason: string | null): void {
    this.parts.set('outbox', reason);
  }

  unreadable(): void {
    this.unreadableEntries.inc();
  }

  wrongCount(): void {
    this.wrongCounts.inc();
  }

  /** What stands in Redis, looked at from time to time. */
  show(byApp: Record<string, number>, outbox: OutboxState): void {
    this.outbox = outbox;
    this.active.reset();
    for (const [app, count] of Object.entries(byApp)) this.active.set({ app }, count);
  }
}
