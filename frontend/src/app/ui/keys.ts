import { Component, computed, input } from '@angular/core';

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
const WORDS: Record<string, string> = {
  mod: isMac ? '⌘' : 'Ctrl',
  shift: 'Shift',
  alt: isMac ? '⌥' : 'Alt',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};

/** Keys as they are named on a keyboard: `g c`, `mod+k`. */
@Component({
  selector: 'ui-keys',
  template: `@for (step of steps(); track $index; let first = $first) {
    @if (!first) {
      <span class="faint">then</span>
    }
    @for (key of step; track $index) {
      <kbd>{{ key }}</kbd>
    }
  }`,
  styles: `
    :host {
      display: inline-flex;
      gap: 4px;
      align-items: center;
      font-size: var(--size-small);
      white-space: nowrap;
    }
  `,
})
export class Keys {
  readonly keys = input.required<string>();
  protected readonly steps = computed(() =>
    this.keys()
      .split(' ')
      .map((step) => (step === '+' ? ['+'] : step.split('+').map((key) => WORDS[key] ?? key))),
  );
}
