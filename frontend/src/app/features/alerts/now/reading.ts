import { DestroyRef, Directive, inject, Injectable, signal } from '@angular/core';

/** Who moves nothing for so long does not read any more. */
const IDLE_MS = 20_000;

/** Whether somebody is at a list, with the pointer or the focus: until it leaves, or nothing moves any more. */
@Injectable()
export class Reading {
  private readonly going = signal(false);
  readonly on = this.going.asReadonly();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
  }

  moved(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.going.set(false), IDLE_MS);
    this.going.set(true);
  }

  left(): void {
    clearTimeout(this.timer);
    this.going.set(false);
  }
}

/** Where what is done counts as reading. */
@Directive({
  selector: '[appReadingArea]',
  host: {
    '(mousemove)': 'reading.moved()',
    '(mouseleave)': 'reading.left()',
    '(focusin)': 'reading.moved()',
    '(keydown)': 'reading.moved()',
    '(focusout)': 'reading.left()',
  },
})
export class ReadingArea {
  protected readonly reading = inject(Reading);
}
