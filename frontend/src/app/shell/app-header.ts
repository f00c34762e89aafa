import { Component, computed, inject } from '@angular/core';
import { RouterLink, RouterLinkActive } from '@angular/router';
import { AlertStore } from '../core/stores/alert-store.ts';
import { SessionStore } from '../core/stores/session-store.ts';
import { Troubles } from '../core/troubles.ts';
import { Icon, type IconName } from '../ui/icon.ts';
import { ConnectionPill } from './connection-pill.ts';
import { ThemeChoice, type Theme } from './theme.ts';

const THEME_ICONS: Record<Theme, IconName> = { system: 'screen', light: 'sun', dark: 'moon' };

/** Name, pages with their counts, state of the connection, theme. */
@Component({
  selector: 'app-header',
  imports: [ConnectionPill, Icon, RouterLink, RouterLinkActive],
  templateUrl: './app-header.html',
  styleUrl: './app-header.css',
})
export class AppHeader {
  private readonly alerts = inject(AlertStore);
  private readonly sessionStore = inject(SessionStore);
  protected readonly troubles = inject(Troubles);
  protected readonly choice = inject(ThemeChoice);
  protected readonly themeIcon = computed(() => THEME_ICONS[this.choice.theme()]);
  protected readonly sessions = computed(() => this.sessionStore.count()?.active ?? null);
  protected readonly isCritical = computed(() => this.alerts.firing().some((alert) => alert.severity === 'critical'));
}
