import { computed, inject, Service, signal, type Signal } from '@angular/core';
import { BROWSER } from './browser.ts';

export interface Tracked {
  /** Changes once a frame at most, however often `mark` was called in between. */
  readonly version: Signal<number>;
  mark(): void;
}

/**
 * The one gate between streams and screen: stores change their plain structures as frames arrive, and what is shown
 * is told of it by one signal set an animation frame, in a hidden tab once a second.
 */
@Service()
export class Repaint {
  private readonly browser = inject(BROWSER);
  private readonly frame = signal(0);
  private scheduled = false;

  track(): Tracked {
    let changes = 0;
    return {
      version: computed(() => (this.frame(), changes)),
      mark: () => {
        changes += 1;
        this.schedule();
      },
    };
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.browser.nextFrame(() => {
      this.scheduled = false;
      this.frame.update((count) => count + 1);
    });
  }
}
