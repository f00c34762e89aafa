import { Service, signal } from '@angular/core';

/**
 * Whether the figures stand still for somebody who reads. What arrives is taken all the same, so that the end state
 * shows at once when they move again; alerts and Deckwatch's own state never stand still.
 */
@Service()
export class Pause {
  private readonly began = signal<number | null>(null);
  /** Since when, Unix ms by this browser's clock; null: figures move. */
  readonly since = this.began.asReadonly();

  paused(): boolean {
    return this.began() !== null;
  }

  toggle(): void {
    this.began.set(this.paused() ? null : Date.now());
  }
}
