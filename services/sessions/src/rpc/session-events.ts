import type { Bus } from '@deckwatch/bus';
import { SessionEvent, STREAMS } from '@deckwatch/contracts';

const STREAM = STREAMS.SESSIONS.name;

/**
 * The latest events of the stream, newest first. They are fetched when they are asked for: a ring kept up to date in
 * each instance would cost more than the few who ask. What does not fit the schema is left out.
 */
export async function latestEvents(bus: Bus, limit: number): Promise<SessionEvent[]> {
  const { state } = await bus.jsm.streams.info(STREAM);
  const oldest = Math.max(1, state.first_seq, state.last_seq - limit + 1);
  const seqs: number[] = [];
  for (let seq = state.last_seq; seq >= oldest; seq -= 1) seqs.push(seq);
  const stored = await Promise.all(seqs.map((seq) => bus.jsm.direct.getMessage(STREAM, { seq })));
  return stored.flatMap((message) => {
    const parsed = message && SessionEvent.safeParse(safeJson(() => message.json()));
    return parsed?.success ? [parsed.data] : [];
  });
}

function safeJson(json: () => unknown): unknown {
  try {
    return json();
  } catch {
    return undefined; // written by somebody else
  }
}
