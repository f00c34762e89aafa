import type { Position } from '@deckwatch/contracts/wire';

/** Where a reader of a log topic stands. It takes each item once and in order, and notices what is missing. */
export class LogCursor {
  private last: Position | null = null;

  get position(): Position | null {
    return this.last;
  }

  /** A snapshot says where its contents end. */
  settle(position: Position): void {
    this.last = { epoch: position.epoch, seq: position.seq };
  }

  /** `next`: follows on; `seen`: had it already; `hole`: something before it is missing. */
  take(item: Position & { prev: number }): 'next' | 'seen' | 'hole' {
    if (!this.last || item.epoch !== this.last.epoch) return 'hole';
    if (item.seq <= this.last.seq) return 'seen';
    if (item.prev !== this.last.seq) return 'hole';
    this.last = { epoch: item.epoch, seq: item.seq };
    return 'next';
  }
}
