/** One item of a log topic. */
export interface LogItem {
  seq: number;
  /** The item before it; anything else than the last `seq` that a client has tells it of a hole. */
  prev: number;
  /** JSON of the item. */
  text: string;
  /** Characters of all items before it, ever. */
  offset: number;
}

export interface RingLimits {
  items: number;
  chars: number;
}

/** The latest items of a log, in order, bounded by number and size. */
export class LogRing {
  private items: LogItem[] = [];
  private start = 0;
  private end = 0;

  constructor(private readonly limits: RingLimits) {}

  get size(): number {
    return this.items.length - this.start;
  }

  /** Characters of all items ever pushed. */
  get offset(): number {
    return this.end;
  }

  push(seq: number, prev: number, text: string): void {
    this.items.push({ seq, prev, text, offset: this.end });
    this.end += text.length;
    while (
      this.size > this.limits.items ||
      (this.size > 1 && this.end - this.items[this.start]!.offset > this.limits.chars)
    ) {
      this.start += 1;
    }
    if (this.start < this.limits.items) return;
    this.items = this.items.slice(this.start);
    this.start = 0;
  }

  clear(): void {
    this.items = [];
    this.start = 0;
  }

  /** Items after `seq`, at most about `chars` characters of them but one at least if there is one. */
  after(seq: number, chars = Infinity): LogItem[] {
    const first = this.indexAfter(seq);
    const from = this.items[first];
    if (!from) return [];
    let last = first + 1;
    while (last < this.items.length && this.items[last]!.offset - from.offset + this.items[last]!.text.length <= chars)
      last += 1;
    return this.items.slice(first, last);
  }

  latest(count: number): LogItem[] {
    return this.items.slice(Math.max(this.start, this.items.length - count));
  }

  /** The offset at which the items after `seq` begin. */
  offsetAfter(seq: number): number {
    return this.items[this.indexAfter(seq)]?.offset ?? this.end;
  }

  /** Whether every item between `seq` and `head` is here, each the successor of the one before. */
  covers(seq: number, head: number): boolean {
    let previous = seq;
    for (let at = this.indexAfter(seq); at < this.items.length; at += 1) {
      const item = this.items[at]!;
      if (item.prev !== previous) return false;
      previous = item.seq;
    }
    return previous === head;
  }

  private indexAfter(seq: number): number {
    let low = this.start;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.items[middle]!.seq <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
