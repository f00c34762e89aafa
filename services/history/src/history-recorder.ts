import { RpcFault, type Bus, type BusMessage, type BusSubscription } from '@deckwatch/bus';
import { filters, HISTORY_RPC, isStatsSweep, type HistoryQuery, type HistorySeries } from '@deckwatch/contracts';
import type { ServiceContext } from '@deckwatch/service-kit';
import { answerRecent } from './query/recent-query.ts';
import { answerRange, BadQuery } from './query/range-query.ts';
import { RING_BYTES } from './rings/sample-ring.ts';
import { CONTAINER_LIMIT, RingStore } from './rings/ring-store.ts';

export type RecorderContext = Pick<ServiceContext, 'bus' | 'metrics' | 'clock'>;

/**
 * Hears every sweep, keeps its samples, answers what was. With several instances each hears all sweeps and keeps all
 * of them by itself, and any may answer: the answers are the same for the time that both have run, and one that was
 * started later reaches less far back, by up to 15 minutes. Whoever asks twice may see that.
 */
export class HistoryRecorder {
  private readonly store: RingStore;
  private readonly bus: Bus;
  private sweeps = 0;
  private subscriptions: BusSubscription[] = [];

  constructor(
    private readonly context: RecorderContext,
    limit = CONTAINER_LIMIT,
  ) {
    this.bus = context.bus;
    this.store = new RingStore(limit);
    const name = (rest: string) => `deckwatch_history_${rest}`;
    const { metrics } = context;
    metrics.gauge(name('containers'), 'Containers whose samples are kept', () => this.store.size);
    metrics.gauge(name('containers_limit'), 'Containers whose samples can be kept', () => limit);
    metrics.gauge(name('ring_bytes'), 'Memory of all rings in bytes', () => this.store.allocated * RING_BYTES);
    metrics.gauge(
      name('refused_samples'),
      'Samples without a place, as there are too many containers',
      () => this.store.refused,
    );
    metrics.gauge(name('sweeps'), 'Sweeps heard', () => this.sweeps);
  }

  start(): void {
    this.subscriptions = [
      this.bus.subscribe(filters.allStats, (message) => this.hear(message)),
      this.bus.serve('history', HISTORY_RPC, {
        range: (query) => this.range(query),
        recent: (query) => answerRecent(query, (host, id) => this.store.get(host, id), this.context.clock.now()),
      }),
    ];
  }

  stop(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
  }

  private hear(message: BusMessage): void {
    const sweep = message.json();
    // Thrown, it is counted and logged by the bus.
    if (!isStatsSweep(sweep)) throw new Error('not a sweep');
    this.sweeps += 1;
    this.store.add(sweep, this.context.clock.now());
  }

  private range(query: HistoryQuery): HistorySeries {
    try {
      return answerRange(query, this.store.get(query.host, query.id));
    } catch (error) {
      if (!(error instanceof BadQuery)) throw error;
      throw new RpcFault(400, error.message, [{ path: error.path, message: error.message }], { cause: error });
    }
  }
}
