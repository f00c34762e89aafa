import type { Consumer, ConsumerMessages } from '@nats-io/jetstream';
import { filter, skip, type Observable } from 'rxjs';

/**
 * For so long that a request hardly ever ends by its time. A nats-server (seen with 2.9.10) says nothing of a request
 * whose time is over just when a message comes; the client then counts on messages that nobody owes it, asks for too
 * few, at last for none, and all that is new waits until missed heartbeats tell. These are frequent, so that whatever
 * else should lose a request is noticed within seconds.
 */
const LASTING = { expires: 3_600_000, idle_heartbeat: 1000 };

export interface LastingOptions {
  /** Messages on their way at most. */
  atOnce: number;
  status$: Observable<'up' | 'down'>;
  /** Ends them. */
  signal: AbortSignal;
}

/**
 * Messages of a consumer as they come. They end with their signal, and when the consumer may be gone, after a reconnect
 * or without heartbeats: then begin anew. The client itself would look for it again and again, with pauses as long as
 * `expires`.
 *
 * The client ends them only while somebody reads: read them to their end, also when the signal came before.
 */
export async function consumeLasting(
  consumer: Consumer,
  { atOnce, status$, signal }: LastingOptions,
): Promise<ConsumerMessages> {
  const messages = await consumer.consume({ ...LASTING, max_messages: atOnce, abort_on_missing_resource: true });
  const end = (): void => void messages.close();
  const back = status$.pipe(skip(1), filter((status) => status === 'up')).subscribe(end); // prettier-ignore
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  void messages.closed().then(() => {
    back.unsubscribe();
    signal.removeEventListener('abort', end);
  });
  void endWhenMissed(messages);
  return messages;
}

async function endWhenMissed(messages: ConsumerMessages): Promise<void> {
  for await (const { type } of messages.status()) if (type === 'heartbeats_missed') return void messages.close();
}
