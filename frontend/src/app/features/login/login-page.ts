import { afterNextRender, Component, ElementRef, inject } from '@angular/core';
import { LoginForm } from './login-form.ts';

/** The door. The address stays as it is, so that signing in leads to where one wanted to go. */
@Component({
  selector: 'app-login-page',
  imports: [LoginForm],
  template: `
    <section class="panel">
      <h1>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" />
          <path d="M7 19.5h4l2.5-8 4.5 13 3-9h4" />
        </svg>
        Sign in to Deckwatch
      </h1>
      <app-login-form />
    </section>
  `,
  styles: `
    :host {
      display: grid;
      place-items: center;
      min-height: 100dvh;
      padding: var(--space-4);
    }
    section {
      width: min(340px, 100%);
      padding: var(--space-5);
    }
    h1 {
      display: flex;
      align-items: center;
      gap: 10px;
      margin-bottom: var(--space-4);
      font-size: var(--size-large);
    }
    svg {
      width: 26px;
      height: 26px;
    }
    rect {
      fill: #155eef;
    }
    path {
      fill: none;
      stroke: #fff;
      stroke-width: 2.6;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
  `,
})
export class LoginPage {
  constructor() {
    const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    afterNextRender(() => element.querySelector('input')?.focus());
  }
}
