import { Component, inject, signal } from '@angular/core';
import { Auth } from '../../core/auth.ts';
import { Rest } from '../../core/rest.ts';
import { attempt } from '../../core/attempt.ts';

/** Who one is, and one's own password. */
@Component({
  selector: 'app-profile-section',
  host: { class: 'panel', role: 'region', 'aria-labelledby': 'profile' },
  template: `
    <div class="head">
      <h2 id="profile">Profile</h2>
      @if (auth.user(); as user) {
        <p class="muted">{{ user.name }} · {{ user.role }}</p>
      }
    </div>
    <div class="body">
      <form (submit)="$event.preventDefault(); change(current, next)">
        <input type="text" autocomplete="username" [value]="auth.user()?.name ?? ''" hidden />
        <label class="field">
          Password now <input #current type="password" autocomplete="current-password" required />
        </label>
        <label class="field">
          New password <input #next type="password" autocomplete="new-password" minlength="10" required />
        </label>
        <button type="submit" class="button" [disabled]="changing.busy()">Change password</button>
      </form>
    </div>
    <p class="fault" role="alert">{{ changing.fault() }}</p>
  `,
  styleUrl: './settings.css',
})
export class ProfileSection {
  private readonly rest = inject(Rest);
  protected readonly auth = inject(Auth);
  protected readonly changing = attempt();
  protected readonly changed = signal(false);

  /** Everywhere one is signed out by it; here one is signed in again at once. */
  protected async change(current: HTMLInputElement, next: HTMLInputElement): Promise<void> {
    const name = this.auth.user()?.name ?? '';
    const body = { current: current.value, next: next.value };
    const { done } = await this.changing.run(() => this.rest.put('/auth/password', body));
    if (!done) return;
    await this.auth.login(name, body.next);
    for (const field of [current, next]) field.value = '';
  }
}
