import { GONE, NEW } from './key-events.ts';

const MOST = 100_000;
/** How late Redis' word of an end is waited for. */
export const LATE_MS = 5000;

export interface Place {
  node: number;
  rest: string;
}

interface EarlyEnd {
  /** The begin has been heard, so that another is of a new session. */
  heard: boolean;
  until: number;
  /** Where something was found under its key meanwhile. */
  found: Place | null;
}

/**
 * Sessions whose end was told before Redis told of it: by their time to live, or because they were no longer there. What
 * Redis still says of them is late, up to their end, and must not begin them again; nor must what is found under their
 * key, as its own begin is still to be told. The oldest are forgotten.
 */
export class EarlyEnds {
  private readonly ends = new Map<string, EarlyEnd>();

  add(id: string, heard: boolean, now: number): void {
    this.ends.delete(id); // so that the order is that of time
    this.ends.set(id, { heard, until: now + LATE_MS, found: null });
    if (this.ends.size <= MOST) return;
    const [oldest] = this.ends.keys();
    this.ends.delete(oldest!);
  }

  /** The events of a session that is not known, without those that are late. */
  withoutLate(id: string, events: readonly string[]): string[] {
    const end = this.ends.get(id);
    if (!end) return [...events];
    for (const [at, event] of events.entries()) {
      const isNext = event === NEW && end.heard;
      if (!isNext && GONE[event] === undefined) {
        end.heard ||= event === NEW;
        continue;
      }
      this.ends.delete(id);
      return events.slice(isNext ? at : at + 1);
    }
    return [];
  }

  /** Whether what was found of it must not be believed yet; it is named when it may be. */
  doubts(id: string, { node, rest }: Place): boolean {
    const end = this.ends.get(id);
    if (end) end.found = { node, rest };
    return end !== undefined;
  }

  /** Forgets those of which no word came; returns those under whose key something was found. */
  takeOld(now: number): Place[] {
    const old: Place[] = [];
    for (const [id, end] of this.ends) {
      if (end.until > now) break;
      this.ends.delete(id);
      if (end.found) old.push(end.found);
    }
    return old;
  }
}
