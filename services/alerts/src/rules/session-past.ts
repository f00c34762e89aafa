import { readBackwards, type Bus } from '@deckwatch/bus';
import { filters, SessionEvent, STREAMS } from '@deckwatch/contracts';

/** What happened to sessions lately, oldest first. */
export interface SessionPast {
  /** From when on all of it is there, Unix milliseconds. */
  from: number;
  events: readonly SessionEvent[];
}

const MAX_EVENTS = 20_000;

/** Reads the log of sessions back to a moment (Unix milliseconds), or as far as a bounded look reaches. */
export async function sessionPast(bus: Bus, since: number): Promise<SessionPast> {
  const { items, next } = await readBackwards(bus, STREAMS.SESSIONS.name, {
    limit: MAX_EVENTS,
    subject: filters.allSessions,
    read: (message) => SessionEvent.safeParse(message.json()).data,
    isPast: ({ storedAt }) => storedAt < since,
  });
  const events = items.reverse();
  return { from: next === null ? since : Math.max(since, events[0]?.t ?? since), events };
}

const MINUTE = 60;

export type SessionMetric = 'active' | 'created' | 'destroyed';

/**
 * An app's figure second by second from `from` up to `to`, Unix milliseconds, as its events tell it.
 * @param active how many sessions it has now: before its first event it had as many as that one says
 */
export function secondsOf(
  metric: SessionMetric,
  events: readonly SessionEvent[],
  { from, to, active }: { from: number; to: number; active: number },
): number[] {
  const length = Math.max(0, Math.floor((to - from) / 1000) + 1);
  const first = events[0];
  let level = first ? first.active - first.delta : active;
  let next = 0;
  const happened = new Map<number, number>();
  let within = 0;
  return Array.from({ length }, (_, second) => {
    for (let event = events[next]; event && event.t <= from + second * 1000; event = events[(next += 1)]) {
      level = event.active;
      if (event.event !== metric) continue;
      const at = Math.floor((event.t - from) / 1000);
      if (at <= second - MINUTE) continue;
      happened.set(at, (happened.get(at) ?? 0) + 1);
      within += 1;
    }
    within -= happened.get(second - MINUTE) ?? 0;
    happened.delete(second - MINUTE);
    return metric === 'active' ? level : within;
  });
}
