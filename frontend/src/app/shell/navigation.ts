import { inject, Service } from '@angular/core';
import { Router } from '@angular/router';
import { Commands } from '../core/commands.ts';
import { Pause } from '../core/pause.ts';
import { Shortcuts } from '../core/shortcuts.ts';
import type { IconName } from '../ui/icon.ts';
import { ToastQueue } from '../ui/toast-queue.ts';
import { Appearance, DENSITIES, THEMES } from './appearance.ts';
import { ShellDialogs } from './shell-dialogs.ts';

interface Page {
  path: string;
  name: string;
  /** After `g`. */
  letter: string;
  icon: IconName;
}

export const PAGES: readonly Page[] = [
  { path: '/overview', name: 'Overview', letter: 'o', icon: 'pulse' },
  { path: '/containers', name: 'Containers', letter: 'c', icon: 'box' },
  { path: '/sessions', name: 'Sessions', letter: 's', icon: 'users' },
  { path: '/alerts', name: 'Alerts', letter: 'a', icon: 'bell' },
  { path: '/settings', name: 'Settings', letter: 't', icon: 'sliders' },
];

/** What every page can do by keys and by name. */
@Service()
export class Navigation {
  private readonly router = inject(Router);
  private readonly shortcuts = inject(Shortcuts);
  private readonly commands = inject(Commands);
  private readonly dialogs = inject(ShellDialogs);
  private readonly pause = inject(Pause);
  private readonly look = inject(Appearance);
  private readonly toasts = inject(ToastQueue);

  constructor() {
    for (const { path, name, letter, icon } of PAGES) {
      const run = (): void => void this.router.navigateByUrl(path);
      this.offer('Go to', `Go to ${name.toLowerCase()}`, `g ${letter}`, icon, run, name);
    }
    this.shortcuts.add({ keys: 'mod+k', does: 'Go to or do anything', group: 'Anywhere' }, () =>
      this.dialogs.palette(),
    );
    this.offer('Anywhere', 'Keyboard shortcuts', '?', 'info', () => this.dialogs.help());
    this.offer('Anywhere', 'Pause or resume figures', 'p', 'pause', () => this.pause.toggle());
    this.offerLooks();
  }

  private offer(group: string, does: string, keys: string, icon: IconName, run: () => void, text = does): void {
    this.shortcuts.add({ keys, does, group }, run);
    this.commands.add({ id: does, text, group, keys, icon, run });
  }

  private offerLooks(): void {
    for (const theme of THEMES) {
      const icon = theme === 'light' ? 'sun' : theme === 'dark' ? 'moon' : 'screen';
      this.commands.add({ id: `theme ${theme}`, text: `Theme: ${theme}`, group: 'Look', icon, run: () => this.look.theme.set(theme) }); // prettier-ignore
    }
    for (const density of DENSITIES) {
      this.commands.add({ id: `density ${density}`, text: `Density: ${density}`, group: 'Look', icon: 'sliders', run: () => this.look.density.set(density) }); // prettier-ignore
    }
    const turn = (): void => this.toasts.wanted.update((wanted) => !wanted);
    this.commands.add({ id: 'toasts', text: 'Notices on or off', group: 'Look', icon: 'bell', run: turn });
  }
}
