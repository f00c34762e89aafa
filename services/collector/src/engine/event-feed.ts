import type { EngineEvent } from './engine.ts';

const OVERLAP_MS = 1000;
const REMEMBERED = 1024;

/**
 * Where the events are to be taken up again after a break: a little before the last one, because they may come a
 * little out of order; those that were told already are left out.
 */
export class EventFeed {
  private readonly told = new Set<string>();
  private latest: number;

  /** @param since where to begin, Unix milliseconds by the engine's clock */
  constructor(
    since: number,
    private readonly onEvent: (event: EngineEvent) => void,
  ) {
    this.latest = since;
  }

  get since(): number {
    return Math.max(0, this.latest - OVERLAP_MS);
  }

  readonly take = (event: EngineEvent): void => {
    const key = `${event.nano} ${event.action} ${event.id}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    if (this.told.size > REMEMBERED) this.told.delete(this.told.values().next().value!);
    this.latest = Math.max(this.latest, event.t);
    this.onEvent(event);
  };
}
