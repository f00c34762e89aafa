import { JetStreamApiError } from '@nats-io/jetstream';
import { Backoff } from './backoff.ts';

const UNAVAILABLE = 503;

/** Whether nobody answers just now, as while the servers of a cluster start or elect: asking again may help. */
export function isSilence(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return error.status === UNAVAILABLE;
  const { name, cause } = error as Error;
  if (['TimeoutError', 'NoResponders', 'JetStreamNotEnabled'].includes(name)) return true;
  return typeof cause === 'object' && cause !== null && isSilence(cause);
}

/**
 * Asks the broker until it answers, with jittered back-off. `ask` must bear being asked again after its answer was lost.
 * Rejects with whatever is no silence, and with the silence itself once `over` says that there is nobody to ask any more.
 */
export async function patiently<T>(
  ask: () => Promise<T>,
  over: () => boolean = () => false,
  backoff = new Backoff({ baseMs: 100, maxMs: 2000 }),
): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isSilence(error) || over()) throw error;
      await backoff.pause();
    }
  }
}
