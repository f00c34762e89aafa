import { AlertMessage } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import type { Dispatcher } from './dispatcher.ts';
import { GroupWindows } from './group-windows.ts';
import type { Ledger, LedgerLine, NewEntry } from './ledger.ts';
import { titleOf } from './notice.ts';

export interface NotifierOptions {
  ledger: Ledger;
  dispatcher: Pick<Dispatcher, 'offer'>;
  clock: Clock;
  /** The channels of a rule that are there. */
  channelsOf(ruleId: string): readonly string[];
  channelExists(id: string): boolean;
  /** How notices of a rule are gathered and repeated; undefined: the rule is gone. */
  notifyOf(ruleId: string): { groupMs: number; repeatMs: number } | undefined;
}

/** An alert as it stands in the stream. */
export interface StandingAlert {
  subject: string;
  /** The sequence of its last message. */
  order: number;
  message: AlertMessage;
}

/** Earlier messages of one alert that are asked for: as many as the stream keeps of a subject. */
const LOOK_BACK = 256;

/** Makes deliveries of transitions, each written before it is queued; a transition that is told again makes none twice. */
export class Notifier {
  private readonly windows = new GroupWindows();

  constructor(private readonly options: NotifierOptions) {
    for (const line of options.ledger.heads())
      if (line.notBefore !== null) this.windows.resume(keyOf(line.ruleId, line.channelId), line.notBefore);
  }

  /** @param subject of the ALERTS stream, @param order the message's sequence in it */
  async take(subject: string, order: number, message: AlertMessage): Promise<void> {
    const { ledger, dispatcher } = this.options;
    for (const channelId of this.receivers(message)) {
      const id = this.idOf(subject, `${message.id}.${message.seq}.${channelId}`, channelId, message.rule.id);
      const present = ledger.line(id);
      if (!present) await ledger.create(this.entryOf({ subject, order, message }, channelId, id));
      const line: LedgerLine | undefined = ledger.line(id);
      if (line?.state === 'waiting') await dispatcher.offer(line);
    }
  }

  /** Tells again of alerts that have been firing for `repeatMs` more, unless somebody has taken them on. */
  async remind(alerts: Iterable<StandingAlert>): Promise<void> {
    const { ledger, dispatcher, clock, notifyOf } = this.options;
    for (const alert of alerts) {
      const { message, subject } = alert;
      const { repeatMs = 0 } = notifyOf(message.rule.id) ?? {};
      if (repeatMs <= 0 || message.state === 'pending' || message.ack !== null || isQuiet(message)) continue;
      const count = Math.floor((clock.now() - (message.firedAt ?? message.since)) / repeatMs);
      for (const channelId of count > 0 ? this.heard(message) : []) {
        const id = this.idOf(subject, `${message.id}.r${count}.${channelId}`, channelId, message.rule.id);
        // Where the one before still waits, another would only pile up.
        if (ledger.line(id) || ledger.chain(`${subject}.${channelId}`).length > 0) continue;
        await ledger.create(this.entryOf(alert, channelId, id));
        await dispatcher.offer(ledger.line(id)!);
      }
    }
  }

  /**
   * Firing and nodata go to the rule's channels. A `resolved` goes to those that heard of this alert, whatever became
   * of the rule meanwhile; where the ledger remembers none any more, to the rule's. Pending is nobody's business yet.
   * While something keeps the alert quiet nobody hears of it, but those that were told are told its end, later. When
   * nothing does any more, those hear of it that have not.
   */
  private receivers(message: AlertMessage): readonly string[] {
    const { channelsOf, channelExists } = this.options;
    const { change, state, firedAt } = message;
    if (change === 'ack' || state === 'pending') return [];
    const heard = this.heard(message);
    const ofRule = channelsOf(message.rule.id).filter(channelExists);
    if (state === 'resolved') return heard.length > 0 || firedAt === null || isQuiet(message) ? heard : ofRule;
    if (isQuiet(message)) return [];
    return change === 'state' ? ofRule : ofRule.filter((channelId) => !heard.includes(channelId));
  }

  private heard({ id, seq }: AlertMessage): string[] {
    const { ledger, channelExists } = this.options;
    return ledger.channelsOf(id, Math.max(1, seq - LOOK_BACK), seq + 1).filter(channelExists);
  }

  /** Rule "a-b" on "c" and rule "a" on "b-c" make the same id: neither's notice may pass for the other's. */
  private idOf(subject: string, id: string, channelId: string, ruleId: string): string {
    const chain = `${subject}.${channelId}`;
    return (this.options.ledger.line(id)?.chain ?? chain) === chain ? id : `${id}.${ruleId}`;
  }

  private entryOf({ subject, order, message }: StandingAlert, channelId: string, id: string): NewEntry {
    const { clock, notifyOf } = this.options;
    const now = clock.now();
    const { groupMs = 0 } = notifyOf(message.rule.id) ?? {};
    return {
      id,
      alertId: message.id,
      seq: message.seq,
      channelId,
      about: titleOf(message),
      state: 'waiting',
      attempts: 0,
      attemptsBefore: 0,
      tries: [],
      createdAt: now,
      updatedAt: now,
      nextAttemptAt: null,
      outcome: null,
      chain: `${subject}.${channelId}`,
      order,
      firstAttemptAt: null,
      message,
      notBefore: this.windows.place(keyOf(message.rule.id, channelId), groupMs, now),
      quiet: isQuiet(message),
    };
  }
}

function isQuiet({ silencedBy, inhibitedBy }: AlertMessage): boolean {
  return silencedBy.length > 0 || inhibitedBy !== null;
}

const keyOf = (ruleId: string | null, channelId: string): string => `${ruleId}.${channelId}`;
