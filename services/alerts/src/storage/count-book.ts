import type { Bucket } from '@deckwatch/bus';
import { targetId } from '@deckwatch/contracts';
import { z } from 'zod';

export const AlertCount = z.object({ began: z.int().min(0) });
export type AlertCount = z.infer<typeof AlertCount>;

/**
 * How often an alert began whose subject was purged: without it the ids of a host that fires once a month would come
 * again, and with them the idempotency keys of its notices. Not kept for containers that are gone.
 */
export class CountBook {
  private counts = new Map<string, number>();

  constructor(private readonly bucket: Pick<Bucket<AlertCount>, 'put' | 'entries'>) {}

  async load(): Promise<void> {
    const entries = await this.bucket.entries();
    this.counts = new Map([...entries].map(([key, { value }]) => [key, value.began]));
  }

  beganBefore(ruleId: string, targetKey: string): number {
    return this.counts.get(keyOf(ruleId, targetKey)) ?? 0;
  }

  async keep(ruleId: string, targetKey: string, began: number): Promise<void> {
    const key = keyOf(ruleId, targetKey);
    await this.bucket.put(key, { began });
    this.counts.set(key, began);
  }
}

function keyOf(ruleId: string, targetKey: string): string {
  return `${ruleId}.${targetId(targetKey)}`;
}
