import { Component, inject } from '@angular/core';
import { Auth } from '../../core/auth.ts';
import { AuditSection } from './audit-section.ts';
import { FlagsSection } from './flags-section.ts';
import { ProfileSection } from './profile-section.ts';
import { TokensSection } from './tokens-section.ts';
import { UsersSection } from './users-section.ts';

/** Accounts and switches. What one may not do does not stand here. */
@Component({
  selector: 'app-settings-page',
  imports: [AuditSection, FlagsSection, ProfileSection, TokensSection, UsersSection],
  template: `
    <div class="page">
      <h1 class="visually-hidden">Settings</h1>
      <app-profile-section />
      @if (auth.may('admin')) {
        <app-users-section />
        <app-tokens-section />
        <app-flags-section />
        <app-audit-section />
      }
    </div>
  `,
})
export class SettingsPage {
  protected readonly auth = inject(Auth);
}
