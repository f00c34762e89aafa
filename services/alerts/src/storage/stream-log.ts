import { DeliverPolicy } from '@nats-io/jetstream';
import { SubjectLog, type Bus } from '@deckwatch/bus';
import { AlertMessage, filters, STREAMS } from '@deckwatch/contracts';
import type { AlertLog } from './alert-store.ts';
import type { StreamLook } from './stream-guard.ts';

/** The ALERTS stream as the store writes it. */
export class AlertStreamLog implements AlertLog, StreamLook {
  private readonly log: SubjectLog;

  constructor(private readonly bus: Bus) {
    this.log = bus.log('ALERTS');
  }

  /** The last message of each subject: how all alerts stand. */
  async last(signal?: AbortSignal): Promise<Map<string, { seq: number; message: AlertMessage }>> {
    const found = await this.log.last(filters.allAlerts, AlertMessage, signal);
    // The store remembers the sequences itself.
    for (const subject of found.keys()) this.log.forget(subject);
    return found;
  }

  /** The stream's creation time, Unix milliseconds. */
  async epoch(): Promise<number> {
    return Date.parse((await this.bus.jsm.streams.info(STREAMS.ALERTS.name)).created);
  }

  async subjectCount(): Promise<number> {
    return (await this.bus.jsm.streams.info(STREAMS.ALERTS.name)).state.num_subjects ?? 0;
  }

  async subjects(): Promise<ReadonlySet<string>> {
    const { state } = await this.bus.jsm.streams.info(STREAMS.ALERTS.name, { subjects_filter: filters.allAlerts });
    return new Set(Object.keys(state.subjects ?? {}));
  }

  async append(subject: string, message: object, expected: number, signal: AbortSignal): Promise<number> {
    try {
      return await this.log.append(subject, message, expected, signal);
    } finally {
      this.log.forget(subject);
    }
  }

  /** Fenced as a write is: what came after `upTo` stays. */
  async purge(subject: string, upTo: number): Promise<void> {
    await this.bus.jsm.streams.purge(STREAMS.ALERTS.name, { filter: subject, seq: upTo + 1 });
  }
}

/** The first sequence of a stream that was stored at `t` or later; null: none. */
export async function firstSeqSince(bus: Bus, stream: string, t: number): Promise<number | null> {
  const consumer = await bus.js.consumers.get(stream, {
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(t).toISOString(),
  });
  const { num_pending: pending } = await consumer.info();
  const message = pending > 0 ? await consumer.next({ expires: 1000 }) : null;
  await consumer.delete().catch(() => undefined);
  return message?.seq ?? null;
}
