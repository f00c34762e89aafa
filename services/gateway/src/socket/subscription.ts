import type { Topic } from '@deckwatch/contracts';

/** One topic of one client. */
export interface Subscription {
  readonly topic: Topic;
  readonly name: string;
  readonly rateMs: number;
  readonly keys: readonly string[];
  /** Not asked for by the client, but given to all while `selectiveSubscriptions` is off. */
  readonly implicit: boolean;
  /** Ended by a flag; it begins again when the flag comes back. */
  readonly suspended: boolean;
  catchUp(): void;
}
