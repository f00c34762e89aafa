import { LIMITS, type Position } from '@deckwatch/contracts/wire';

/** How a topic is wanted: the least ms between updates, and for keyed topics which rows. */
export interface Wish {
  rateMs?: number;
  keys?: readonly string[];
}
export interface SubscribeRequest extends Wish {
  id: number;
  topics: string[];
  since?: Record<string, Position>;
}

/**
 * What is wanted and what the gateway was told of it. Each `requests` gives the least frames that bring the second
 * to the first: topics of equal wishes go together.
 */
export class SubscriptionBook {
  private readonly wanted = new Map<string, Wish>();
  private readonly told = new Map<string, string>();
  private lastId = 0;

  want(topic: string, wish: Wish): void {
    this.wanted.set(topic, wish);
  }

  drop(topic: string): void {
    this.wanted.delete(topic);
  }

  /** The gateway knows nothing of this topic any more, or is to be asked again. */
  forget(topic: string): void {
    this.told.delete(topic);
  }

  /** A new connection: the gateway knows nothing. */
  forgetAll(): void {
    this.told.clear();
  }

  /** @param rests tells of topics that are wanted, but not now */
  requests(
    since: (topic: string) => Position | null,
    rests: (topic: string) => boolean = () => false,
  ): { subscribe: SubscribeRequest[]; unsubscribe: string[] } {
    const groups = new Map<string, SubscribeRequest>();
    for (const [topic, wish] of this.wanted) {
      const terms = JSON.stringify([wish.rateMs ?? null, wish.keys ?? null]);
      if (this.told.get(topic) === terms || rests(topic)) continue;
      this.told.set(topic, terms);
      const request = groups.get(terms) ?? { id: (this.lastId += 1), topics: [], ...wish };
      groups.set(terms, request);
      request.topics.push(topic);
      const position = since(topic);
      if (position) request.since = { ...request.since, [topic]: position };
    }
    const unsubscribe = [...this.told.keys()]
      .filter((topic) => !this.wanted.has(topic) || rests(topic))
      .slice(0, LIMITS.topicsAndKeys);
    for (const topic of unsubscribe) this.told.delete(topic);
    return { subscribe: [...groups.values()], unsubscribe };
  }
}
