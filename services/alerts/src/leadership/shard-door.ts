import { RpcFault, type Bus, type BusSubscription } from '@deckwatch/bus';
import { AlertMessage, subjects } from '@deckwatch/contracts';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';

const Acknowledgement = z.object({ id: z.string(), by: z.string(), note: z.string().nullable() });
export type Acknowledgement = z.infer<typeof Acknowledgement>;

const StoredAlert = z.object({ seq: z.int(), message: AlertMessage });
/** How an alert stands in the stream. */
export type StoredAlert = z.infer<typeof StoredAlert>;

/** What the instance that answers asks those that evaluate. */
const SHARD_RPC = { acknowledge: { request: Acknowledgement, reply: StoredAlert } };

/** Who asked waits no longer; a shard that changes hands is asked again. */
const PATIENCE_MS = 1600;
const ANSWER_MS = 1000;
const PAUSE_MS = 150;

const doorOf = (shard: number) => (): string => subjects.rpc('alerts', `lease.shard-${shard}`);

/** Answers for a shard, while its alerts are written here. All that do are asked: one of them may hang. */
export function openShardDoor(
  bus: Bus,
  shard: number,
  acknowledge: (asked: Acknowledgement) => Promise<StoredAlert>,
): BusSubscription {
  return bus.serve(doorOf(shard), SHARD_RPC, { acknowledge }, randomUUID());
}

/** Has the instance that writes the alerts of a shard store it. Throws RpcFault. */
export async function acknowledgeInShard(bus: Bus, shard: number, asked: Acknowledgement): Promise<StoredAlert> {
  for (const limit = Date.now() + PATIENCE_MS; ;) {
    try {
      return await bus.call(doorOf(shard), SHARD_RPC, 'acknowledge', asked, ANSWER_MS);
    } catch (error) {
      const isAway = error instanceof RpcFault && error.status >= 503;
      if (!isAway) throw error;
      if (Date.now() + PAUSE_MS > limit)
        throw new RpcFault(503, 'who evaluates this alert is being replaced; try again', undefined, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
