import type { Clock, Timer } from '@deckwatch/service-kit';

const SLOTS = 15;

/** Visits each member once in `periodMs`, under one timer, spread evenly so that never all are visited at once. */
export class Pulse<T> {
  private readonly slots = Array.from({ length: SLOTS }, () => new Set<T>());
  private timer?: Timer;
  private at = 0;
  private turns = 0;

  constructor(
    private readonly clock: Clock,
    private readonly periodMs: number,
    private readonly visit: (member: T) => void,
  ) {}

  start(): void {
    const due = this.clock.now() + this.periodMs / SLOTS;
    this.timer = this.clock.setTimeout(() => this.turn(due), this.periodMs / SLOTS);
  }

  /** The first visit comes a whole period from now. */
  add(member: T): void {
    this.slots[this.at]!.add(member);
  }

  delete(member: T): void {
    for (const slot of this.slots) if (slot.delete(member)) return;
  }

  stop(): void {
    this.clock.clearTimeout(this.timer);
  }

  private turn(due: number): void {
    this.turns += 1;
    this.at = this.turns % SLOTS;
    const next = Math.max(due + this.periodMs / SLOTS, this.clock.now());
    this.timer = this.clock.setTimeout(() => this.turn(next), next - this.clock.now());
    for (const member of this.slots[this.at]!) this.visit(member);
  }
}
