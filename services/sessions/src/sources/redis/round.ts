import type { KeyBook } from './key-book.ts';
import type { Reader } from './key-reader.ts';

const COUNT = 500;
/** How long it rests after each part, in times of what the part took: a third of the time at first, nine tenths of it later. */
const REST = { first: 0.5, routine: 9 };
const LONGEST_REST_MS = 1000;

/** `first`: somebody may be missing, who was never met or in a gap; `routine`: all should be as it is known. */
export type Pace = keyof typeof REST;

/**
 * One comparison of everything: walks all keys with SCAN, a bounded part at a time and with rests in between, so that the
 * user's Redis has time for its users.
 */
export class Round {
  /** When its next part is due, Unix milliseconds. */
  nextAt = 0;
  /** Whether those that were not met have been looked at. */
  looked = false;
  private node = 0;
  private cursor = '0';

  constructor(
    /** From 1, rising. */
    readonly number: number,
    private readonly readers: readonly Reader[],
    private readonly keys: KeyBook,
    private readonly pace: Pace,
  ) {}

  /** Whether all keys have been met. */
  get scanned(): boolean {
    return this.node >= this.readers.length;
  }

  get isFirst(): boolean {
    return this.pace === 'first';
  }

  wait(until: number): void {
    this.nextAt = Math.max(this.nextAt, until);
  }

  /** The user's Redis was busy with this check for so long: it rests accordingly. */
  took(ms: number, now: number): void {
    this.wait(now + Math.min(LONGEST_REST_MS, ms * REST[this.pace]));
  }

  /** The sessions of the next part. Throws RedisAway. */
  async next(now: () => number): Promise<{ node: number; rest: string }[]> {
    const node = this.node;
    const reader = this.readers[node];
    if (!reader) return [];
    const startedAt = now();
    const { cursor, keys } = await reader.scan(this.cursor, this.keys.pattern, COUNT);
    this.cursor = cursor;
    if (cursor === '0') this.node += 1;
    this.took(now() - startedAt, now());
    return keys.flatMap((key) => {
      const meaning = this.keys.meaning(key);
      return meaning && !meaning.marker ? [{ node, rest: meaning.rest }] : [];
    });
  }
}
