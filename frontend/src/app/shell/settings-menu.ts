import { Component, inject, signal, type WritableSignal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Auth } from '../core/auth.ts';
import { Pause } from '../core/pause.ts';
import { Icon } from '../ui/icon.ts';
import { Menu } from '../ui/menu.ts';
import { ToastQueue } from '../ui/toast-queue.ts';
import { Alarms } from './alarms.ts';
import { Appearance, DENSITIES, THEMES } from './appearance.ts';
import { ShellDialogs } from './shell-dialogs.ts';

/** Something that is on or off. */
interface Switch {
  words: string;
  on: () => boolean;
  turn: () => void;
  keys?: string;
}

/** One of a few that holds. */
function choice<T extends string>(name: string, all: readonly T[], now: WritableSignal<T>) {
  return { name, all, now, set: (one: string): void => now.set(one as T) };
}

/** How the console looks and behaves in this browser. */
@Component({
  selector: 'app-settings-menu',
  imports: [Icon, Menu, RouterLink],
  template: `
    <ui-menu #menu label="Display settings">
      <ui-icon menu-face name="sliders" />
      @for (look of looks; track look.name) {
        <div class="group" role="group" [attr.aria-label]="look.name">
          <p aria-hidden="true">{{ look.name }}</p>
          @for (one of look.all; track one) {
            <button type="button" role="menuitemradio" [attr.aria-checked]="look.now() === one" (click)="look.set(one)">
              <span class="capital">{{ one }}</span>
            </button>
          }
        </div>
      }
      <div class="group" role="group" aria-label="When an alert begins">
        <p aria-hidden="true">When an alert begins</p>
        @for (one of alarmSwitches; track one.words) {
          <button type="button" role="menuitemcheckbox" [attr.aria-checked]="one.on()" (click)="one.turn()">
            <span class="capital">{{ one.words }}</span>
          </button>
        }
        <p class="fault" aria-hidden="true">{{ alarms.fault() }}</p>
        @if (alarms.notifies() || alarms.sounds()) {
          @for (one of leasts; track one.least) {
            <button
              type="button"
              role="menuitemradio"
              [attr.aria-checked]="alarms.least() === one.least"
              (click)="alarms.least.set(one.least)"
            >
              <span class="capital">{{ one.words }}</span>
            </button>
          }
        }
      </div>
      <div class="group">
        @for (one of switches; track one.words) {
          <button type="button" role="menuitemcheckbox" [attr.aria-checked]="one.on()" (click)="one.turn()">
            <span class="capital">{{ one.words }}</span>
            @if (one.keys; as keys) {
              <kbd>{{ keys }}</kbd>
            }
          </button>
        }
        <button type="button" role="menuitem" (click)="menu.close(); dialogs.help()">
          <span class="capital">keyboard shortcuts</span> <kbd>?</kbd>
        </button>
      </div>
      @if (auth.user(); as user) {
        <div class="group" role="group" aria-label="Account">
          <p>{{ user.name === user.role ? user.name : user.name + ' · ' + user.role }}</p>
          <a role="menuitem" routerLink="/settings" (click)="menu.close()"><span class="capital">settings</span></a>
          <button type="button" role="menuitem" [attr.aria-disabled]="leaving()" (click)="leave()">
            <span class="capital">sign out</span>
          </button>
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
      button,
      a {
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
  private readonly look = inject(Appearance);
  private readonly pause = inject(Pause);
  private readonly toasts = inject(ToastQueue);
  protected readonly dialogs = inject(ShellDialogs);
  protected readonly looks = [
    choice('Theme', THEMES, this.look.theme),
    choice('Density', DENSITIES, this.look.density),
  ];
  protected readonly alarmSwitches: readonly Switch[] = [
    { words: 'browser notification', on: this.alarms.notifies, turn: () => void this.alarms.toggleNotifications() },
    { words: 'sound', on: this.alarms.sounds, turn: () => void this.alarms.toggleSound() },
  ];
  protected readonly switches: readonly Switch[] = [
    { words: 'show notices', on: this.toasts.wanted, turn: () => this.toasts.wanted.update((wanted) => !wanted) },
    { words: 'pause figures', on: () => this.pause.paused(), turn: () => this.pause.toggle(), keys: 'p' },
  ];
  protected readonly leaving = signal(false);
  /** Why one is still signed in; empty: nothing was wrong. */
  protected readonly fault = signal('');

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
