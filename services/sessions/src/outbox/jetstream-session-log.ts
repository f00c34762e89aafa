import { JetStreamApiError } from '@nats-io/jetstream';
import { MsgHdrsImpl, type MsgHdrs } from '@nats-io/nats-core';
import type { Bus } from '@deckwatch/bus';
import { STREAMS } from '@deckwatch/contracts';
import { LogMovedOn, type LogEnd, type LogEntry, type SessionLog } from './session-log.ts';

const STREAM = STREAMS.SESSIONS.name;
/** Which outbox an event comes from and which entry of it: by this a successor finds where to go on. */
const OUTBOX_HEADER = 'Deckwatch-Outbox';
const ENTRY_HEADER = 'Deckwatch-Outbox-Entry';
const WRONG_LAST_SEQUENCE = 10071;
/** How many messages of others, at the end of the stream, are passed over in search of our own. */
const SEARCH_BACK = 200;
const ACK_TIMEOUT_MS = 5000;

/**
 * The stream SESSIONS. Each message names the stream sequence that it must follow (Nats-Expected-Last-Sequence), so of
 * two publishers that both believe to be the one only one gets through, however late the other wakes, and within the
 * broker's window of two minutes Nats-Msg-Id catches what a broken connection delivers late.
 */
export class JetStreamSessionLog implements SessionLog {
  constructor(private readonly bus: Bus) {}

  async end(outboxId: string): Promise<LogEnd> {
    const { state } = await this.bus.jsm.streams.info(STREAM);
    const oldest = Math.max(state.first_seq, state.last_seq - SEARCH_BACK, 1);
    for (let seq = state.last_seq; seq >= oldest && state.messages > 0; seq -= 1) {
      const stored = await this.bus.jsm.streams.getMessage(STREAM, { seq });
      if (!stored || stored.header?.get(OUTBOX_HEADER) !== outboxId) continue;
      return { seq: state.last_seq, entry: stored.header.get(ENTRY_HEADER) };
    }
    return { seq: state.last_seq, entry: null };
  }

  /** Only the last waits for its acknowledgement: each names its predecessor, so none is stored without those before. */
  async append(entries: readonly LogEntry[], after: number): Promise<number> {
    const last = entries.length - 1;
    for (let at = 0; at < last; at += 1) {
      const { subject, payload } = entries[at]!;
      this.bus.connection.publish(subject, payload, { headers: headersOf(entries[at]!, after + at) });
    }
    if (last >= 0) await this.unlessDown(this.acknowledged(entries[last]!, after + last));
    return after + entries.length;
  }

  private async acknowledged(entry: LogEntry, after: number): Promise<void> {
    const options = { headers: headersOf(entry, after), timeout: ACK_TIMEOUT_MS, retries: 0 };
    try {
      const ack = await this.bus.js.publish(entry.subject, entry.payload, options);
      // Stored before, at another place: what follows is not where we think.
      if (ack.seq !== after + 1) throw new LogMovedOn();
    } catch (error) {
      const conflict = error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE;
      throw conflict ? new LogMovedOn({ cause: error }) : error;
    }
  }

  /** Gives up waiting for acknowledgements as soon as the connection is lost: they won't come. */
  private unlessDown<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const watch = this.bus.status$.subscribe((status) => {
        if (status === 'down') reject(new Error('the broker is away'));
      });
      void work.then(resolve, reject).finally(() => watch.unsubscribe());
    });
  }
}

/** Whole at once: adding one header after the other looks for each among those before, a tenth of all that is allocated. */
function headersOf({ outboxId, entry }: LogEntry, after: number): MsgHdrs {
  return MsgHdrsImpl.fromRecord({
    [OUTBOX_HEADER]: [outboxId],
    [ENTRY_HEADER]: [entry],
    'Nats-Msg-Id': [`${outboxId}:${entry}`],
    'Nats-Expected-Last-Sequence': [String(after)],
  });
}
