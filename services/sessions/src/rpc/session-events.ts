import { readBackwards, RpcFault, type Bus } from '@deckwatch/bus';
import { SessionEvent, STREAMS, subjects } from '@deckwatch/contracts';

export interface EventQuery {
  limit: number;
  /** The sequence below which the page begins. */
  cursor?: string;
  app?: string;
  /** Of one session alone. */
  id?: string;
  /** Nothing older, Unix ms. */
  from?: number;
}

export interface EventPage {
  items: SessionEvent[];
  nextCursor: string | null;
  total: number;
}

/**
 * The events of the stream, newest first. They are fetched when they are asked for: a ring kept up to date in each
 * instance would cost more than the few who ask. What does not fit the schema is left out.
 */
export async function eventPage(bus: Bus, { limit, cursor, app = '*', id, from = 0 }: EventQuery): Promise<EventPage> {
  if (cursor !== undefined && !/^\d+$/.test(cursor)) {
    const message = 'not a cursor of this list';
    throw new RpcFault(400, message, [{ path: 'query.cursor', message }]);
  }
  const { items, next, total } = await readBackwards(bus, STREAMS.SESSIONS.name, {
    limit,
    ...(cursor !== undefined && { below: Number(cursor) }),
    subject: subjects.session(app, '*'),
    read: (message) => {
      const event = readEvent(() => message.json());
      return id === undefined || event?.id === id ? event : undefined;
    },
    isPast: ({ storedAt }) => storedAt < from,
  });
  return { items, nextCursor: next === null ? null : String(next), total };
}

/** undefined: it does not fit. */
export function readEvent(json: () => unknown): SessionEvent | undefined {
  try {
    return SessionEvent.safeParse(json()).data;
  } catch {
    return undefined; // written by somebody else, and no JSON
  }
}
