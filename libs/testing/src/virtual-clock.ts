import { A_MOMENT } from './builders/constants.ts';

// Taken before a test may replace them by fakes.
const { setImmediate: soon } = globalThis;

export interface VirtualTimer {
  readonly due: number;
  readonly order: number;
  readonly fire: () => void;
  unref(): VirtualTimer;
  ref(): VirtualTimer;
}

/** Lets all promises settle that don't wait for a timer or for I/O. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => soon(resolve));
}

/**
 * A clock that moves only when told to, in milliseconds. Timers fire in the order in which they are due, those of the
 * same moment in the order in which they were set; between two of them all promises settle, so that code which waits,
 * works and waits again runs as it would in real time. No interval: a timer that sets itself again does the same.
 */
export class VirtualClock {
  #now: number;
  #order = 0;
  #timers: VirtualTimer[] = []; // sorted by due, then order

  /** @param start the first `now()`, Unix milliseconds */
  constructor(start = A_MOMENT) {
    this.#now = start;
  }

  now = (): number => this.#now;

  /** How many timers are waiting: 0 after a clean shutdown. */
  get pending(): number {
    return this.#timers.length;
  }

  setTimeout = (fire: () => void, ms: number): VirtualTimer => {
    const timer: VirtualTimer = {
      due: this.#now + Math.max(0, ms),
      order: (this.#order += 1),
      fire,
      unref: () => timer,
      ref: () => timer,
    };
    this.#timers.splice(this.#placeOf(timer), 0, timer);
    return timer;
  };

  /** Takes any value, as the real one does; what is not a waiting timer of this clock is ignored. */
  clearTimeout = (timer: unknown): void => {
    if (typeof timer !== 'object' || timer === null || !('due' in timer)) return;
    const at = this.#placeOf(timer as VirtualTimer);
    if (this.#timers[at] === timer) this.#timers.splice(at, 1);
  };

  /** Moves on by `ms`, firing what becomes due on the way at its own time. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#timers[0]; next && next.due <= end; next = this.#timers[0]) {
      this.#timers.shift();
      this.#now = Math.max(this.#now, next.due);
      next.fire();
      await settle();
    }
    this.#now = Math.max(this.#now, end);
  }

  /** Moves the clock without firing anything, as after a sleep of the machine: what is overdue fires at the next `advance`. */
  jump(ms: number): void {
    this.#now += ms;
  }

  #placeOf(timer: VirtualTimer): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#timers[middle] as VirtualTimer;
      if (other.due < timer.due || (other.due === timer.due && other.order < timer.order)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
