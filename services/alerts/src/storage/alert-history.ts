import { readBackwards, type Bus } from '@deckwatch/bus';
import { AlertMessage, STREAMS } from '@deckwatch/contracts';
import { badCursor } from '../bad-cursor.ts';

export interface HistoryQuery {
  limit: number;
  /** The sequence below which the page begins. */
  cursor?: string;
  from?: number;
  to?: number;
  /** Only messages of this state. */
  state?: AlertMessage['state'];
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

  async page({ limit, cursor, from = 0, to = Infinity, state }: HistoryQuery): Promise<HistoryPage> {
    if (cursor !== undefined && !/^\d+$/.test(cursor)) throw badCursor();
    const { items, next, total } = await readBackwards(this.bus, STREAMS.ALERTS.name, {
      limit,
      ...(cursor !== undefined && { below: Number(cursor) }),
      read: (stored) => {
        const message = AlertMessage.safeParse(stored.json()).data;
        const wanted = message && message.t >= from && message.t <= to && (!state || message.state === state);
        return wanted ? message : undefined;
      },
      isPast: ({ storedAt }) => storedAt < from - STORED_LATE_MS,
    });
    return { items, nextCursor: next === null ? null : String(next), total };
  }
}
