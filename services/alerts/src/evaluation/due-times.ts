import type { Clock, Timer } from '@deckwatch/service-kit';

interface Due<T> {
  at: number;
  order: number;
  item: T;
}

/**
 * Things that come due, on a single timer of the injected clock: a heap, so that setting costs O(log n). An item that
 * is no longer wanted is left in and passed over by its owner when its time comes.
 */
export class DueTimes<T> {
  private readonly heap: Due<T>[] = [];
  private order = 0;
  private timer?: Timer;
  private timerAt = Infinity;
  private held = false;

  constructor(
    private readonly clock: Clock,
    private readonly handle: (item: T, at: number) => void,
  ) {}

  get size(): number {
    return this.heap.length;
  }

  /** `at`: Unix milliseconds. */
  add(at: number, item: T): void {
    this.push({ at, order: (this.order += 1), item });
    this.arm();
  }

  /** While held, nothing comes due; what is overdue comes due, in order, on release. */
  hold(): void {
    this.held = true;
    this.disarm();
  }

  release(): void {
    this.held = false;
    this.arm();
  }

  clear(): void {
    this.heap.length = 0;
    this.disarm();
  }

  private fire(): void {
    this.timerAt = Infinity;
    while (!this.held && this.heap.length > 0 && this.heap[0]!.at <= this.clock.now()) {
      const due = this.pop();
      this.handle(due.item, due.at);
    }
    this.arm();
  }

  private arm(): void {
    const next = this.heap[0];
    if (this.held || !next || next.at >= this.timerAt) return;
    this.disarm();
    this.timerAt = next.at;
    // Timers of Node end at 2^31 ms; a later one looks again then.
    this.timer = this.clock.setTimeout(
      () => this.fire(),
      Math.min(Math.max(0, next.at - this.clock.now()), 2 ** 31 - 1),
    );
  }

  private disarm(): void {
    this.clock.clearTimeout(this.timer);
    this.timerAt = Infinity;
  }

  private push(due: Due<T>): void {
    const { heap } = this;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(due, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = due;
  }

  private pop(): Due<T> {
    const { heap } = this;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function before<T>(a: Due<T>, b: Due<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
