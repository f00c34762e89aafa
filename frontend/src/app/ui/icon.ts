import { Component, computed, input } from '@angular/core';

/** Strokes on a 16 by 16 grid. */
const PATHS = {
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.5 10.5 14 14',
  close: 'M4 4l8 8M12 4l-8 8',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  bell: 'M8 2a4 4 0 0 0-4 4c0 3.5-1.5 4.5-1.5 5.5h11C13.5 10.5 12 9.5 12 6a4 4 0 0 0-4-4ZM6.5 13.5a1.6 1.6 0 0 0 3 0',
  users:
    'M6 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 6 8ZM1.5 13.5c0-2.3 2-4 4.5-4s4.5 1.7 4.5 4M10.5 3a2.6 2.6 0 0 1 0 5M12.2 10c1.4.5 2.3 1.8 2.3 3.5',
  'user-plus': 'M6 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 6 8ZM1.5 13.5c0-2.3 2-4 4.5-4s4.5 1.7 4.5 4M13 5v4M11 7h4',
  'user-minus': 'M6 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 6 8ZM1.5 13.5c0-2.3 2-4 4.5-4s4.5 1.7 4.5 4M11 7h4',
  user: 'M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8ZM3.5 13.5c0-2.3 2-4 4.5-4s4.5 1.7 4.5 4',
  alert: 'M8 2 14.5 13.5h-13ZM8 6.5v3M8 11.5v.1',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z',
  screen: 'M2 3h12v8H2ZM6 14h4M8 11v3',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.5V11M8 5v.1',
  play: 'M5 3l8 5-8 5Z',
  stop: 'M4 4h8v8H4Z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  failed: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6 6l4 4M10 6l-4 4',
  trash: 'M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5 5 13h6l.5-8.5',
  plus: 'M8 3v10M3 8h10',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.5M13 2.5V5h-2.5',
  pulse: 'M1.5 8.5h3l1.5-4 3.5 8 1.5-4h3.5',
  tag: 'M2.5 2.5h5l6 6-5 5-6-6ZM5.5 5.5v.1',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  copy: 'M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3',
  sliders: 'M2 4.5h6M11 4.5h3M2 11.5h3M8 11.5h6M9.5 2.5v4M6.5 9.5v4',
  box: 'M8 1.8 13.8 5v6L8 14.2 2.2 11V5ZM2.2 5 8 8.2 13.8 5M8 8.2v6',
  forward: 'M6 3.5l4.5 4.5L6 12.5',
  server: 'M2.5 3h11v4h-11ZM2.5 9h11v4h-11ZM5 5v.1M5 11v.1',
} as const;
export type IconName = keyof typeof PATHS;

/** A small line drawing beside a text that says the same: hidden from screen readers. */
@Component({
  selector: 'ui-icon',
  host: { 'aria-hidden': 'true' },
  template: `<svg viewBox="0 0 16 16"><path [attr.d]="path()" /></svg>`,
  styles: `
    :host {
      display: inline-flex;
      flex: none;
    }
    svg {
      width: 1em;
      height: 1em;
      fill: none;
      stroke: currentColor;
      stroke-width: 1.5;
      stroke-linecap: round;
      stroke-linejoin: round;
      font-size: var(--icon-size, 15px);
    }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly path = computed(() => PATHS[this.name()]);
}
