import { readBackwards, type Bus } from '@deckwatch/bus';
import { AlertMessage, filters, isAlertNews, isAlertOn, STREAMS, type AlertTerms } from '@deckwatch/contracts';
import { badCursor } from '../bad-cursor.ts';

export interface HistoryQuery extends AlertTerms {
  limit: number;
  /** The sequence below which the page begins. */
  cursor?: string;
  from?: number;
  to?: number;
}

export interface HistoryPage {
  items: AlertMessage[];
  nextCursor: string | null;
  /** Messages that the stream holds. */
  total: number;
}

/** A message is stored soon after its `t`; where the broker was away, later. */
const STORED_LATE_MS = 24 * 3_600_000;

/** Reads the alerts' log backwards. */
export class AlertHistory {
  constructor(private readonly bus: Bus) {}

  /** A page may end early, even without an item, where what is asked for is rare: its cursor goes on. */
  async page({ limit, cursor, from = 0, to = Infinity, ...terms }: HistoryQuery): Promise<HistoryPage> {
    if (cursor !== undefined && !/^\d+$/.test(cursor)) throw badCursor();
    const { items, next, total } = await readBackwards(this.bus, STREAMS.ALERTS.name, {
      limit,
      ...(cursor !== undefined && { below: Number(cursor) }),
      ...(terms.rule !== undefined && { subject: filters.alertsOf(terms.rule) }),
      read: (stored) => {
        const message = AlertMessage.safeParse(stored.json()).data;
        return message && message.t >= from && message.t <= to && fits(message, terms) ? message : undefined;
      },
      isPast: ({ storedAt }) => storedAt < from - STORED_LATE_MS,
    });
    return { items, nextCursor: next === null ? null : String(next), total };
  }
}

function fits(message: AlertMessage, { state, severity, rule, target, alert, news }: AlertTerms): boolean {
  return (
    (state === undefined || message.state === state) &&
    (severity === undefined || message.severity === severity) &&
    (rule === undefined || message.rule.id === rule) &&
    (alert === undefined || message.id === alert) &&
    (target === undefined || isAlertOn(message, target)) &&
    (news === undefined || isAlertNews(message) === (news === 'true'))
  );
}
