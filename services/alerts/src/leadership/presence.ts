import { createHash } from 'node:crypto';
import { RpcFault, type Bus, type BusSubscription } from '@deckwatch/bus';
import { subjects } from '@deckwatch/contracts';
import { z } from 'zod';
import type { Plea } from './shard-leases.ts';

const ANSWER_MS = 500;
/** What is under way at the other is stored first. */
const HAND_OVER_MS = 3000;

const Question = z.object({
  plea: z.object({ shard: z.int().min(0), to: z.string(), has: z.int().min(0), shards: z.int().min(1) }).optional(),
});
const Answer = z.object({ given: z.boolean() });

/**
 * Answers for as long as the instance is at the broker: when its process dies, the broker knows it at once. Who has fewer
 * shards asks there for one.
 */
export function showPresence(bus: Bus, holder: string, give: (plea: Plea) => Promise<boolean>): BusSubscription {
  return bus.subscribe(subjectOf(holder), (message) => {
    const { plea } = Question.parse(message.json());
    if (!plea) return message.respond({});
    const answer = (given: boolean): void => void (bus.connection.isClosed() || message.respond({ given }));
    void give(plea).then(answer, () => answer(false));
  });
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

/** Asks an instance to hand over a shard. Throws RpcFault when it does not answer. */
export async function askForShard(bus: Bus, holder: string, plea: Plea): Promise<boolean> {
  return Answer.parse(await bus.request(subjectOf(holder), { plea }, HAND_OVER_MS)).given;
}

/** Names of instances are free text, so their digest stands in the subject. */
function subjectOf(holder: string): string {
  return subjects.rpc('alerts', `lease.${createHash('sha256').update(holder).digest('hex').slice(0, 16)}`);
}
