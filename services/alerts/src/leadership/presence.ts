import { createHash } from 'node:crypto';
import { RpcFault, type Bus, type BusSubscription } from '@deckwatch/bus';
import { subjects } from '@deckwatch/contracts';

const ANSWER_MS = 500;

/** Answers for as long as the instance is at the broker: when its process dies, the broker knows it at once. */
export function showPresence(bus: Bus, holder: string): BusSubscription {
  return bus.subscribe(subjectOf(holder), (message) => message.respond({}));
}

/** Whether the broker knows of nobody of that name. An instance that only does not answer is there. */
export async function isGone(bus: Bus, holder: string): Promise<boolean> {
  try {
    await bus.request(subjectOf(holder), {}, ANSWER_MS);
    return false;
  } catch (error) {
    return bus.connected && error instanceof RpcFault && error.status === 503;
  }
}

/** Names of instances are free text, so their digest stands in the subject. */
function subjectOf(holder: string): string {
  return subjects.rpc('alerts', `lease.${createHash('sha256').update(holder).digest('hex').slice(0, 16)}`);
}
