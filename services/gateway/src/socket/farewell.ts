/** So many clients are asked back each second: far below the 200 that a gateway is promised, for what is late. */
const RETURNS_PER_SECOND = 140;
/** The first is asked back so much later, so that a gateway that takes this one's place has a moment. */
const FIRST_RETURN_MS = 500;
/** The last is asked back so late at most; from 4,130 clients on they come back faster. */
const LAST_RETURN_MS = 30_000;

/**
 * The times at which the clients of a gateway that stops leave it and come back: all are sent away within a second, and
 * each gets a moment of its own for its return. Times are Unix milliseconds.
 */
export class Farewell {
  /** All that are there have been sent away after so long. */
  static readonly LASTS_MS = 1000;
  private readonly returnEveryMs: number;
  private returns = 0;

  constructor(
    private readonly clients: number,
    private readonly startedAt: number,
  ) {
    const room = (LAST_RETURN_MS - FIRST_RETURN_MS) / Math.max(1, clients);
    this.returnEveryMs = Math.min(1000 / RETURNS_PER_SECOND, room);
  }

  /** When the client of that number leaves, milliseconds after the start. */
  leavesAfterMs(index: number): number {
    return Math.min(this.returnEveryMs, Farewell.LASTS_MS / Math.max(1, this.clients)) * index;
  }

  /** After how many milliseconds the client that leaves now is to come back. */
  nextReturnMs(now: number): number {
    const at = this.startedAt + FIRST_RETURN_MS + this.returnEveryMs * this.returns;
    this.returns += 1;
    return Math.max(0, at - now);
  }
}
