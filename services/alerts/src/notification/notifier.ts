import { AlertMessage } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import type { Dispatcher } from './dispatcher.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';

export interface NotifierOptions {
  ledger: Ledger;
  dispatcher: Pick<Dispatcher, 'offer'>;
  clock: Clock;
  /** The channels of a rule that are there. */
  channelsOf(ruleId: string): readonly string[];
  channelExists(id: string): boolean;
}

/** Earlier messages of one alert that are asked for; an alert has a handful. */
const LOOK_BACK = 16;

/** Makes deliveries of transitions, each written before it is queued; a transition that is told again makes none twice. */
export class Notifier {
  constructor(private readonly options: NotifierOptions) {}

  /** @param subject of the ALERTS stream, @param order the message's sequence in it */
  async take(subject: string, order: number, message: AlertMessage): Promise<void> {
    const { ledger, dispatcher } = this.options;
    for (const channelId of this.receivers(message)) {
      const entry = this.entryOf(subject, order, message, channelId);
      await ledger.create(entry);
      const line = ledger.line(entry.id);
      if (line?.state === 'waiting') await dispatcher.offer(line);
    }
  }

  /**
   * Firing and nodata go to the rule's channels. A `resolved` goes to those that heard of this alert, whatever became
   * of the rule meanwhile; where the ledger remembers none any more, to the rule's. Pending is nobody's business yet.
   */
  private receivers(message: AlertMessage): readonly string[] {
    const { ledger, channelsOf, channelExists } = this.options;
    if (message.change !== 'state' || message.state === 'pending') return [];
    const ofRule = channelsOf(message.rule.id).filter(channelExists);
    if (message.state !== 'resolved') return ofRule;
    const heard = ledger
      .channelsOf(message.id, Math.max(1, message.seq - LOOK_BACK), message.seq)
      .filter(channelExists);
    return heard.length > 0 || message.firedAt === null ? heard : ofRule;
  }

  private entryOf(subject: string, order: number, message: AlertMessage, channelId: string): LedgerEntry {
    const now = this.options.clock.now();
    const chain = `${subject}.${channelId}`;
    const id = `${message.id}.${message.seq}.${channelId}`;
    // Rule "a-b" on "c" and rule "a" on "b-c" make the same id: neither's notice may pass for the other's.
    const taken = (this.options.ledger.line(id)?.chain ?? chain) !== chain;
    return {
      id: taken ? `${id}.${message.rule.id}` : id,
      alertId: message.id,
      seq: message.seq,
      channelId,
      state: 'waiting',
      attempts: 0,
      createdAt: now,
      updatedAt: now,
      nextAttemptAt: null,
      outcome: null,
      chain,
      order,
      firstAttemptAt: null,
      message,
    };
  }
}
