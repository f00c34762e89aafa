import { readBackwards, RpcFault, type Bus } from '@deckwatch/bus';
import { SessionEvent, STREAMS, subjects } from '@deckwatch/contracts';

export interface EventQuery {
  limit: number;
  /** The sequence below which the page begins. */
  cursor?: string;
  app?: string;
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
export async function eventPage(bus: Bus, { limit, cursor, app = '*' }: EventQuery): Promise<EventPage> {
  if (cursor !== undefined && !/^\d+$/.test(cursor)) {
    const message = 'not a cursor of this list';
    throw new RpcFault(400, message, [{ path: 'query.cursor', message }]);
  }
  const { items, next, total } = await readBackwards(bus, STREAMS.SESSIONS.name, {
    limit,
    ...(cursor !== undefined && { below: Number(cursor) }),
    subject: subjects.session(app, '*'),
    read: (message) => readEvent(() => message.json()),
  });
  return { items, nextCursor: next === null ? null : String(next), total };
}

function readEvent(json: () => unknown): SessionEvent | undefined {
  try {
    return SessionEvent.safeParse(json()).data;
  } catch {
    return undefined; // written by somebody else, and no JSON
  }
}
