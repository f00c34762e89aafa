import { inject, Service } from '@angular/core';
import { Dialogs } from '../ui/dialog.ts';

/** The shell's own dialogs, one at a time. */
@Service()
export class ShellDialogs {
  private readonly dialogs = inject(Dialogs);
  private open = false;

  help(): void {
    void this.show('Keyboard shortcuts', () => import('./help-dialog.ts').then((file) => file.HelpDialog));
  }

  palette(): void {
    const load = () => import('./command-palette.ts').then((file) => file.CommandPalette);
    void this.show('Go to or do', load, 'top');
  }

  private async show(label: string, load: Parameters<Dialogs['open']>[0], place?: 'top'): Promise<void> {
    if (this.open) return;
    this.open = true;
    try {
      await this.dialogs.open(load, { label, ...(place && { place }) });
    } finally {
      this.open = false;
    }
  }
}
