import { Component, inject, input, output, signal } from '@angular/core';
import { Auth } from '../../core/auth.ts';

/** User and password; says what the gateway says. */
@Component({
  selector: 'app-login-form',
  template: `
    <form (submit)="$event.preventDefault(); signIn(user.value, password.value)">
      <label>
        <span>User</span>
        <input
          #user
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          required
          [value]="username()"
          [readonly]="username() !== ''"
        />
      </label>
      <label>
        <span>Password</span>
        <input #password type="password" name="password" autocomplete="current-password" required />
      </label>
      <p class="fault" role="alert">{{ fault() }}</p>
      <button type="submit" class="button" [disabled]="busy()">{{ busy() ? 'Signing in…' : 'Sign in' }}</button>
    </form>
  `,
  styles: `
    form {
      display: grid;
      gap: var(--space-3);
    }
    label {
      display: grid;
      gap: 4px;
    }
    span {
      color: var(--text-muted);
    }
    input {
      height: 36px;
      padding: 0 10px;
      border: 1px solid var(--line-strong);
      border-radius: 6px;
      background: var(--bg);
    }
    input[readonly] {
      color: var(--text-muted);
    }
    .fault {
      color: var(--bad);
    }
    .fault:empty {
      display: none;
    }
    .button {
      justify-content: center;
      margin-top: 4px;
      height: 36px;
      border-color: transparent;
      background: var(--accent);
      color: var(--on-accent);
      font-weight: 600;
    }
    .button:hover {
      background: var(--accent);
    }
    .button:disabled {
      opacity: 0.7;
    }
  `,
})
export class LoginForm {
  private readonly auth = inject(Auth);
  /** Who signs in again; empty: anyone. */
  readonly username = input('');
  readonly signedIn = output();
  protected readonly busy = signal(false);
  protected readonly fault = signal('');

  protected async signIn(username: string, password: string): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.fault.set('');
    const outcome = await this.auth.login(username, password);
    this.busy.set(false);
    if (outcome.ok) this.signedIn.emit();
    else this.fault.set(outcome.message);
  }
}
