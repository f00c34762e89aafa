import { Component, DestroyRef, inject, input, signal } from '@angular/core';
import { Icon } from '../../ui/icon.ts';

const SHOWN_MS = 1500;

/** Puts a text on the clipboard and says whether that went well. */
@Component({
  selector: 'app-copy-button',
  imports: [Icon],
  template: `
    <button type="button" [attr.aria-label]="'Copy ' + what()" [title]="'Copy ' + what()" (click)="copy()">
      <ui-icon [name]="state() === 'done' ? 'check' : 'copy'" />
    </button>
    <span role="status" class="faint" [class.visually-hidden]="state() !== 'failed'">{{ said() }}</span>
  `,
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 4px;
      vertical-align: -4px;
      --icon-size: 13px;
    }
    button {
      display: grid;
      place-items: center;
      width: 24px;
      height: 24px;
      border-radius: 5px;
      color: var(--text-faint);
    }
    button:hover {
      background: var(--surface-hover);
      color: var(--text);
    }
    @media (pointer: coarse) {
      button {
        width: var(--target);
        height: var(--target);
        margin: -8px;
      }
    }
  `,
})
export class CopyButton {
  readonly text = input.required<string>();
  readonly what = input.required<string>();
  protected readonly state = signal<'idle' | 'done' | 'failed'>('idle');
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
  }

  protected said(): string {
    return { idle: '', done: 'Copied', failed: 'The browser does not let it be copied.' }[this.state()];
  }

  /** Without a secure connection there is no clipboard. */
  protected async copy(): Promise<void> {
    const { clipboard } = navigator as { clipboard?: Clipboard };
    const isDone = await (clipboard?.writeText(this.text()) ?? Promise.reject(new Error('none'))).then(
      () => true,
      () => false,
    );
    this.state.set(isDone ? 'done' : 'failed');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.state.set('idle'), SHOWN_MS);
  }
}
