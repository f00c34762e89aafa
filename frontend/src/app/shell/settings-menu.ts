import { Component, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Auth } from '../core/auth.ts';
import { Pause } from '../core/pause.ts';
import { Icon } from '../ui/icon.ts';
import { Menu } from '../ui/menu.ts';
import { ToastQueue } from '../ui/toast-queue.ts';
import { Alarms } from './alarms.ts';
import { Appearance, DENSITIES, THEMES } from './appearance.ts';
import { ShellDialogs } from './shell-dialogs.ts';

/** How the console looks and behaves in this browser. */
@Component({
  selector: 'app-settings-menu',
  imports: [Icon, Menu, RouterLink],
  template: `
    <ui-menu #menu label="Display settings">
      <ui-icon menu-face name="sliders" />
      <div class="group" role="group" aria-label="Theme">
        <p aria-hidden="true">Theme</p>
        @for (theme of themes; track theme) {
          <button
            type="button"
            role="menuitemradio"
            [attr.aria-checked]="look.theme() === theme"
            (click)="look.theme.set(theme)"
          >
            {{ theme }}
          </button>
        }
      </div>
      <div class="group" role="group" aria-label="Density">
        <p aria-hidden="true">Density</p>
        @for (density of densities; track density) {
          <button
            type="button"
            role="menuitemradio"
            [attr.aria-checked]="look.density() === density"
            (click)="look.density.set(density)"
          >
            {{ density }}
          </button>
        }
      </div>
      <div class="group" role="group" aria-label="When an alert begins">
        <p aria-hidden="true">When an alert begins</p>
        <button
          type="button"
          role="menuitemcheckbox"
          [attr.aria-checked]="alarms.notifies()"
          (click)="alarms.toggleNotifications()"
        >
          browser notification
        </button>
        <button
          type="button"
          role="menuitemcheckbox"
          [attr.aria-checked]="alarms.sounds()"
          (click)="alarms.toggleSound()"
        >
          sound
        </button>
        <p class="fault" aria-hidden="true">{{ alarms.fault() }}</p>
        @if (alarms.notifies() || alarms.sounds()) {
          @for (one of leasts; track one.least) {
            <button
              type="button"
              role="menuitemradio"
              [attr.aria-checked]="alarms.least() === one.least"
              (click)="alarms.least.set(one.least)"
            >
              {{ one.words }}
            </button>
          }
        }
      </div>
      <div class="group">
        <button
          type="button"
          role="menuitemcheckbox"
          [attr.aria-checked]="toasts.wanted()"
          (click)="toasts.wanted.set(!toasts.wanted())"
        >
          show notices
        </button>
        <button type="button" role="menuitemcheckbox" [attr.aria-checked]="pause.paused()" (click)="pause.toggle()">
          pause figures <kbd>p</kbd>
        </button>
        <button type="button" role="menuitem" (click)="menu.close(); dialogs.help()">
          keyboard shortcuts <kbd>?</kbd>
        </button>
      </div>
      @if (auth.user(); as user) {
        <div class="group" role="group" aria-label="Account">
          <p>{{ user.name }} · {{ user.role }}</p>
          <a role="menuitem" routerLink="/settings" (click)="menu.close()">settings</a>
          <button type="button" role="menuitem" [attr.aria-disabled]="leaving()" (click)="leave()">sign out</button>
          <p class="fault" aria-hidden="true">{{ fault() }}</p>
        </div>
      }
    </ui-menu>
    <span class="visually-hidden" role="alert">{{ fault() || alarms.fault() }}</span>
  `,
  styles: `
    .group + .group {
      margin-top: 5px;
      padding-top: 5px;
      border-top: 1px solid var(--line);
    }
    p {
      padding: 3px 8px;
      font-size: var(--size-small);
      color: var(--text-faint);
    }
    .fault {
      max-width: 26ch;
      color: var(--bad);
    }
    .fault:empty {
      display: none;
    }
    button,
    a {
      display: flex;
      align-items: center;
      gap: 8px;
      width: 100%;
      min-height: 28px;
      padding: 0 8px 0 26px;
      position: relative;
      border-radius: var(--radius-small);
      text-align: left;
    }
    button::first-letter,
    a::first-letter {
      text-transform: uppercase;
    }
    button:hover,
    button:focus-visible,
    a:hover,
    a:focus-visible {
      background: var(--surface-hover);
    }
    [aria-checked='true']::before {
      content: '✓';
      position: absolute;
      left: 8px;
      color: var(--accent);
    }
    kbd {
      margin-left: auto;
    }
    @media (pointer: coarse) {
      button {
        min-height: var(--target);
      }
      kbd {
        display: none;
      }
    }
  `,
})
export class SettingsMenu {
  protected readonly auth = inject(Auth);
  protected readonly alarms = inject(Alarms);
  protected readonly leasts = [
    { least: 'critical', words: 'critical ones only' },
    { least: 'warning', words: 'warnings too' },
    { least: 'info', words: 'all' },
  ] as const;
  protected readonly look = inject(Appearance);
  protected readonly pause = inject(Pause);
  protected readonly toasts = inject(ToastQueue);
  protected readonly dialogs = inject(ShellDialogs);
  protected readonly leaving = signal(false);
  /** Why one is still signed in; empty: nothing was wrong. */
  protected readonly fault = signal('');
  protected readonly themes = THEMES;
  protected readonly densities = DENSITIES;

  /** The menu stays until it is done: where it is not, it says why. */
  protected async leave(): Promise<void> {
    if (this.leaving()) return;
    this.leaving.set(true);
    this.fault.set('');
    const outcome = await this.auth.logout();
    this.leaving.set(false);
    if (!outcome.ok) this.fault.set(outcome.message);
  }
}
