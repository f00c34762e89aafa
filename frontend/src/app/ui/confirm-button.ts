import { Component, input, output, signal } from '@angular/core';

/** Who does not say it twice within so long meant something else. */
const ASKED_MS = 5000;

/** A button for what can't be taken back: it asks once, in its own place, and does it when it is pressed again. */
@Component({
  selector: 'ui-confirm-button',
  template: `<button type="button" class="link" [disabled]="disabled()" (click)="press()" (blur)="forget()">
    {{ asked() ? 'Really ' + does().toLowerCase() : does() }}<span class="visually-hidden">&ngsp;{{ what() }}</span>
  </button>`,
  styles: `
    :host {
      display: inline-flex;
    }
    button {
      color: var(--bad);
    }
    button:disabled {
      opacity: 0.5;
      cursor: not-allowed;
    }
    @media (pointer: coarse) {
      button {
        min-height: var(--target);
      }
    }
  `,
})
export class ConfirmButton {
  /** "Delete" */
  readonly does = input('Delete');
  /** To what it does it, for those who don't see what it stands beside. */
  readonly what = input.required<string>();
  readonly disabled = input(false);
  readonly confirmed = output();
  protected readonly asked = signal(false);
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected press(): void {
    const sure = this.asked();
    this.forget();
    if (sure) return this.confirmed.emit();
    this.asked.set(true);
    this.timer = setTimeout(() => this.forget(), ASKED_MS);
  }

  protected forget(): void {
    clearTimeout(this.timer);
    this.asked.set(false);
  }
}
