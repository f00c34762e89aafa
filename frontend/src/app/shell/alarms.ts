import { inject, Service, signal } from '@angular/core';
import { Router } from '@angular/router';
import type { AlertMessage } from '@deckwatch/contracts';
import { Preferences } from '../core/preferences.ts';
import type { AlarmBell } from './alarm-bell.ts';

export const LEAST = ['critical', 'warning', 'info'] as const;
export type Least = (typeof LEAST)[number];

/** What tells of alerts beyond this page: notices of the browser and a sound. Both are off until somebody wants them. */
@Service()
export class Alarms {
  private readonly router = inject(Router);
  private readonly preferences = inject(Preferences);
  readonly notifies = this.preferences.signal('alarm-notifications', false);
  readonly sounds = this.preferences.signal('alarm-sound', false);
  /** The least severity that is told so. */
  readonly least = this.preferences.signal<Least>('alarm-from', 'critical', (value) => LEAST.includes(value));
  /** Why notices of the browser can't be switched on; empty: nothing is wrong. */
  readonly fault = signal('');
  private bell: Promise<AlarmBell> | null = null;

  /** Makes ready what was wanted on an earlier visit. */
  start(): void {
    if (this.notifies() || this.sounds()) void this.theBell();
  }

  ring(alert: AlertMessage): void {
    if (!(this.notifies() || this.sounds()) || LEAST.indexOf(alert.severity) > LEAST.indexOf(this.least())) return;
    void this.theBell().then((bell) => bell.ring(alert, { notifies: this.notifies(), sounds: this.sounds() }));
  }

  /** By a click: only then may the browser be asked for its permission. */
  async toggleNotifications(): Promise<void> {
    this.fault.set('');
    if (this.notifies()) return this.notifies.set(false);
    const fault = await (await this.theBell()).askPermission();
    this.fault.set(fault);
    this.notifies.set(fault === '');
  }

  /** By a click: only then does a browser let a page be heard. It is heard at once. */
  async toggleSound(): Promise<void> {
    this.sounds.set(!this.sounds());
    if (this.sounds()) (await this.theBell()).chime();
  }

  private theBell(): Promise<AlarmBell> {
    const open = (id: string | null) =>
      void this.router.navigate(['/alerts'], { queryParams: id === null ? {} : { alert: id } });
    this.bell ??= import('./alarm-bell.ts').then((file) => new file.AlarmBell(open));
    return this.bell;
  }
}
