import { DeliverPolicy } from '@nats-io/jetstream';
import type { Bus } from '@deckwatch/bus';
import type { Clock } from '@deckwatch/service-kit';
import type { StreamFacts } from '../topics/log-topic.ts';

/** For so long one answer serves all who ask: after a restart a thousand clients come back at once. */
const SHARED_MS = 20;

/** Asks the broker how a stream stands. Clients that ask at the same moment share one question. */
export class StreamOffice {
  private current?: { at: number; facts: Promise<StreamFacts> };

  constructor(
    private readonly bus: Bus,
    private readonly stream: string,
    private readonly clock: Clock,
  ) {}

  /** @param seq what the asker has seen: an answer from before that is of no use to him */
  async facts(seq: number): Promise<StreamFacts> {
    const shared = this.shared();
    const facts = await shared;
    if (facts.lastSeq >= seq) return facts;
    if (this.current?.facts === shared) this.current = undefined;
    return this.shared();
  }

  private shared(): Promise<StreamFacts> {
    const now = this.clock.now();
    if (!this.current || now - this.current.at > SHARED_MS) this.current = { at: now, facts: this.ask() };
    return this.current.facts;
  }

  private async ask(): Promise<StreamFacts> {
    const info = await this.bus.jsm.streams.info(this.stream);
    const { first_seq: first, last_seq: last, num_deleted: deleted = 0 } = info.state;
    const counts = new Map<number, Promise<number>>();
    const countAfter = (seq: number): Promise<number> => {
      const count = counts.get(seq) ?? this.countAfter(seq);
      counts.set(seq, count);
      return count;
    };
    return {
      epoch: Date.parse(info.created),
      lastSeq: last,
      intactAfter: async (seq) => {
        if (seq >= last) return true;
        if (first > seq + 1) return false;
        return deleted === 0 || (await countAfter(seq)) >= last - seq;
      },
    };
  }

  /** How many messages the stream still has after `seq`: what a consumer that begins there would be given. */
  private async countAfter(seq: number): Promise<number> {
    const start = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: seq + 1 };
    const consumer = await this.bus.js.consumers.get(this.stream, start);
    const { num_pending: pending } = await consumer.info();
    await consumer.delete();
    return pending;
  }
}
