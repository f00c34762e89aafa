import { computed, effect, inject, Service, signal, type Signal } from '@angular/core';
import { BROWSER } from './browser.ts';
import { Pause } from './pause.ts';

export interface Tracked {
  /** Changes once a frame at most, however often `mark` was called in between. */
  readonly version: Signal<number>;
  mark(): void;
}

/** `figures` stand still while someone has them paused; `always`: what may not wait. */
export type Pace = 'figures' | 'always';

/** Thousands of rows would make one frame long: they take what is new in turns, one a frame. */
const TURNS = 4;

/**
 * The one gate between streams and screen: stores change their plain structures as frames arrive, and what is shown
 * is told of it by one signal set an animation frame, in a hidden tab once a second.
 */
@Service()
export class Repaint {
  private readonly browser = inject(BROWSER);
  private readonly pause = inject(Pause);
  private readonly frames: Record<Pace, ReturnType<typeof signal<number>>> = { figures: signal(0), always: signal(0) };
  private readonly turns = Array.from({ length: TURNS }, () => signal(0));
  private scheduled = false;
  private taking = false;
  private takeAgain = false;

  constructor() {
    // Whatever came meanwhile is shown when figures move again.
    effect(() => {
      if (!this.pause.paused()) this.schedule();
    });
  }

  track(pace: Pace = 'figures'): Tracked {
    const frame = this.frames[pace];
    let changes = 0;
    return {
      version: computed(() => (frame(), changes)),
      mark: () => {
        changes += 1;
        if (pace === 'always' || !this.pause.paused()) this.schedule();
      },
    };
  }

  /** Changes after figures have, for each of some rows beside each other in another of the frames that follow. */
  turn(row: number): number {
    return this.turns[row % TURNS]!();
  }

  private takeTurns(next = 0): void {
    if (next === 0 && this.taking) return void (this.takeAgain = true);
    this.taking = next < TURNS;
    if (this.taking) {
      this.turns[next]!.update((count) => count + 1);
      // Where nobody looks, frames are a second apart.
      if (!this.browser.isVisible()) return this.takeTurns(next + 1);
      return this.browser.nextFrame(() => this.takeTurns(next + 1));
    }
    if (this.takeAgain) {
      this.takeAgain = false;
      this.takeTurns();
    }
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.browser.nextFrame(() => {
      this.scheduled = false;
      this.frames.always.update((count) => count + 1);
      if (this.pause.paused()) return;
      this.frames.figures.update((count) => count + 1);
      this.takeTurns();
    });
  }
}
