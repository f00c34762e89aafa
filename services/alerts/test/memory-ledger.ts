import type { BusSubscription } from '@deckwatch/bus';
import type { LedgerBucket, LedgerEntry } from '../src/notification/ledger.ts';

/** The ledger's bucket in memory, as JSON, as it would be stored. */
export class MemoryLedgerBucket implements LedgerBucket {
  readonly stored = new Map<string, string>();
  /** Fails the nth write from now. */
  failAt = Infinity;

  async get(key: string): Promise<{ value: LedgerEntry; revision: number } | undefined> {
    const json = this.stored.get(key);
    return json === undefined ? undefined : { value: JSON.parse(json) as LedgerEntry, revision: 1 };
  }
  async put(key: string, value: LedgerEntry): Promise<number> {
    if ((this.failAt -= 1) === 0) throw new Error('the broker is away');
    this.stored.set(key, JSON.stringify(value));
    return 1;
  }
  async delete(key: string): Promise<void> {
    this.stored.delete(key);
  }
  async watch(
    handler: (key: string, value: LedgerEntry | undefined, revision: number) => void,
  ): Promise<BusSubscription> {
    for (const [key, json] of this.stored) handler(key, JSON.parse(json) as LedgerEntry, 1);
    return { unsubscribe: () => undefined };
  }
}
