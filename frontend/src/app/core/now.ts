import { computed, DestroyRef, inject, Service, signal } from '@angular/core';
import { Connection } from './connection.ts';

const TICK_MS = 1000;

/** The time as the screen shows it: a signal that moves once a second. */
@Service()
export class Now {
  private readonly connection = inject(Connection);
  private readonly tick = signal(Date.now());
  /** By this browser's clock, Unix ms. */
  readonly local = this.tick.asReadonly();
  /** By the gateway's clock, to which all times in messages belong. */
  readonly server = computed(() => this.tick() + this.connection.skewMs());

  constructor() {
    const timer = setInterval(() => this.tick.set(Date.now()), TICK_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }
}
