/** What happened to one session's key since it was looked at last. */
export interface Dirty {
  node: number;
  rest: string;
  /** Oldest first. */
  events: string[];
  /** The check that met it, or 0. */
  round: number;
  /** What it has now is to be believed, whether or not an event tells of it. */
  look: boolean;
}

/** Sessions that wait to be looked at. */
export const MOST_DIRTY = 100_000;
/** Events of one key beyond which the middle is of no use to anybody: begun and ended again and again. */
const MOST_EVENTS = 64;

/** The sessions to look at, in the order in which they asked for it, each once with all its events. */
export class DirtyKeys {
  private readonly byRest = new Map<string, Dirty>();
  /** Events that found no room: all must be compared again. */
  overflowed = false;

  get size(): number {
    return this.byRest.size;
  }

  event(node: number, rest: string, event: string): void {
    const dirty = this.entry(node, rest);
    if (!dirty) return;
    if (dirty.events.length < MOST_EVENTS) dirty.events.push(event);
    else this.overflowed = true;
  }

  met(node: number, rest: string, round: number): void {
    const dirty = this.entry(node, rest);
    if (dirty) dirty.round = round;
  }

  look(node: number, rest: string): void {
    const dirty = this.entry(node, rest);
    if (dirty) dirty.look = true;
  }

  take(most: number): Dirty[] {
    const taken: Dirty[] = [];
    for (const [rest, dirty] of this.byRest) {
      if (taken.length >= most) break;
      this.byRest.delete(rest);
      taken.push(dirty);
    }
    return taken;
  }

  clear(): void {
    this.byRest.clear();
    this.overflowed = false;
  }

  private entry(node: number, rest: string): Dirty | undefined {
    const there = this.byRest.get(rest);
    if (there) return there;
    if (this.byRest.size >= MOST_DIRTY) {
      this.overflowed = true;
      return undefined;
    }
    const dirty: Dirty = { node, rest, events: [], round: 0, look: false };
    this.byRest.set(rest, dirty);
    return dirty;
  }
}
