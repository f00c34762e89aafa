import { afterNextRender, Component, computed, ElementRef, inject, viewChild } from '@angular/core';
import { Auth } from '../../core/auth.ts';
import { LoginForm } from './login-form.ts';

/** The login has ended: the page behind stays as it is, with its last figures, until its user is back. */
@Component({
  selector: 'app-expired-dialog',
  imports: [LoginForm],
  template: `
    <dialog #dialog aria-labelledby="expired" (cancel)="$event.preventDefault()">
      <h2 id="expired">Signed out</h2>
      <p class="muted">Your login has ended. What you see stays as it was; sign in to go on.</p>
      <app-login-form [username]="username()" />
      <button type="button" class="link" (click)="auth.logout()">Sign in as somebody else</button>
    </dialog>
  `,
  styles: `
    dialog {
      width: min(360px, calc(100vw - 2 * var(--space-4)));
      padding: var(--space-5);
      border: 1px solid var(--line-strong);
      border-radius: var(--radius);
      background: var(--surface-raised);
      color: var(--text);
      box-shadow: var(--shadow);
    }
    dialog::backdrop {
      background: rgb(0 0 0 / 45%);
    }
    h2 {
      font-size: var(--size-large);
    }
    p {
      margin: var(--space-1) 0 var(--space-4);
    }
    .link {
      margin-top: var(--space-3);
    }
  `,
})
export class ExpiredDialog {
  protected readonly auth = inject(Auth);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  protected readonly username = computed(() => this.auth.user()?.name ?? '');

  constructor() {
    afterNextRender(() => this.dialog().nativeElement.showModal?.());
  }
}
