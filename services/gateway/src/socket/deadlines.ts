import type { Clock, Timer } from '@deckwatch/service-kit';

/** Things that all end the same time after they began, under one timer. */
export class Deadlines<T> {
  private readonly due = new Map<T, number>();
  private timer?: Timer;

  constructor(
    private readonly clock: Clock,
    private readonly delayMs: number,
    private readonly expire: (thing: T) => void,
  ) {}

  add(thing: T): void {
    this.due.set(thing, this.clock.now() + this.delayMs);
    this.timer ??= this.clock.setTimeout(() => this.look(), this.delayMs);
  }

  delete(thing: T): void {
    this.due.delete(thing);
  }

  close(): void {
    this.clock.clearTimeout(this.timer);
    this.due.clear();
  }

  private look(): void {
    this.timer = undefined;
    const now = this.clock.now();
    for (const [thing, due] of this.due) {
      if (due > now) {
        this.timer = this.clock.setTimeout(() => this.look(), due - now);
        return;
      }
      this.due.delete(thing);
      this.expire(thing);
    }
  }
}
