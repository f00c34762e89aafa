import { Component, computed, inject } from '@angular/core';
import { RouterLink, RouterLinkActive } from '@angular/router';
import { SessionStore } from '../core/stores/session-store.ts';
import { Troubles } from '../core/troubles/troubles.ts';
import { Icon } from '../ui/icon.ts';
import { Keys } from '../ui/keys.ts';
import { ConnectionPill } from './connection-pill.ts';
import { SettingsMenu } from './settings-menu.ts';
import { ShellDialogs } from './shell-dialogs.ts';

/** Name, pages with their counts, search, state of the connection, settings. */
@Component({
  selector: 'app-header',
  imports: [ConnectionPill, Icon, Keys, RouterLink, RouterLinkActive, SettingsMenu],
  templateUrl: './app-header.html',
  styleUrl: './app-header.css',
})
export class AppHeader {
  private readonly sessionStore = inject(SessionStore);
  protected readonly troubles = inject(Troubles);
  protected readonly dialogs = inject(ShellDialogs);
  protected readonly sessions = computed(() => this.sessionStore.count()?.active ?? null);
}
