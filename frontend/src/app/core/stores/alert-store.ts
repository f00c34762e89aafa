import { computed, Service } from '@angular/core';
import type { AlertMessage } from '@deckwatch/contracts';
import { Subject } from 'rxjs';
import { isRecord } from '../frames.ts';
import type { TopicMessage } from '../topic-entry.ts';
import { Feed } from './feed.ts';

const MOST_RECENT = 50;
const SEVERITY_RANK: Record<string, number> = { critical: 0, warning: 1, info: 2 };
const STATE_RANK: Record<string, number> = { firing: 0, nodata: 1, pending: 2 };

/** The alerts that are pending, firing or without data, and the last messages of all. */
@Service()
export class AlertStore {
  private readonly arrivals = new Subject<AlertMessage>();
  private readonly open = new Map<string, AlertMessage>();
  private latest: AlertMessage[] = [];
  readonly feed = new Feed('alerts', (message, source) => this.apply(message, source));

  /** Worst first, then the longest lasting. */
  readonly active = computed(() => {
    this.feed.version();
    return [...this.open.values()].sort(
      (a, b) =>
        (STATE_RANK[a.state] ?? 3) - (STATE_RANK[b.state] ?? 3) ||
        (SEVERITY_RANK[a.severity] ?? 3) - (SEVERITY_RANK[b.severity] ?? 3) ||
        a.since - b.since,
    );
  });
  readonly firing = computed(() => this.active().filter((alert) => alert.state !== 'pending'));
  /** Messages since the page was opened, newest first. */
  readonly recent = computed(() => (this.feed.version(), this.latest));
  /** Each message as it happens; not what a snapshot repeats. */
  readonly arrivals$ = this.arrivals.asObservable();

  private apply({ kind, data }: TopicMessage, source: string): void {
    if (kind === 'event') {
      if (!isAlert(data)) return;
      this.put(data);
      this.latest = [data, ...this.latest].slice(0, MOST_RECENT);
      if (source === 'live') this.arrivals.next(data);
      return;
    }
    const items = data['items'];
    if (!Array.isArray(items)) return;
    this.open.clear();
    for (const item of items as unknown[]) if (isAlert(item)) this.put(item);
  }

  private put(alert: AlertMessage): void {
    if (alert.state === 'resolved') this.open.delete(alert.id);
    else this.open.set(alert.id, alert);
  }
}

export function isAlert(item: unknown): item is AlertMessage {
  if (!isRecord(item) || !isRecord(item['rule']) || !isRecord(item['target'])) return false;
  return [item['id'], item['state'], item['severity'], item['message']].every((field) => typeof field === 'string');
}
