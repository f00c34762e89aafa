import {
  afterNextRender,
  ApplicationRef,
  computed,
  DestroyRef,
  DOCUMENT,
  ElementRef,
  inject,
  Injectable,
  signal,
} from '@angular/core';
import { Router } from '@angular/router';
import { Shortcuts } from '../../core/shortcuts.ts';
import { ContainerView } from '../containers/container-view.ts';

const GROUP = 'Container';

/**
 * How a container's panel goes with the table behind it: it takes the focus and gives it back, steps through the
 * table's rows, and closes to the table as it was. One a panel.
 */
@Injectable()
export class SheetManners {
  private readonly router = inject(Router);
  private readonly document = inject(DOCUMENT);
  private readonly view = inject(ContainerView, { optional: true });
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly opener = this.document.activeElement;
  /** Which container is shown, as `<host>.<id>`. */
  readonly key = signal('');

  readonly neighbours = computed(() => {
    const entries = this.view?.entries() ?? [];
    const rows = entries.flatMap((entry) => (entry.kind === 'row' ? [entry.container] : []));
    const at = rows.findIndex((row) => row.key === this.key());
    return at < 0 ? { previous: undefined, next: rows[0] } : { previous: rows[at - 1], next: rows[at + 1] };
  });

  constructor() {
    const shortcuts = inject(Shortcuts);
    shortcuts.add({ keys: 'Escape', does: 'Back to the table', group: GROUP }, () => this.close());
    for (const keys of ['j', ']'])
      shortcuts.add({ keys, does: 'Next container', group: GROUP }, () => this.step('next'));
    for (const keys of ['k', '['])
      shortcuts.add({ keys, does: 'Previous container', group: GROUP }, () => this.step('previous'));
    const injector = inject(ApplicationRef).injector;
    afterNextRender(() => this.element.focus({ preventScroll: true }));
    inject(DestroyRef).onDestroy(() => {
      const key = this.key();
      afterNextRender(() => this.giveBack(key), { injector });
    });
  }

  close(): void {
    void this.router.navigate(['/containers'], { queryParamsHandling: 'preserve' });
  }

  step(to: 'previous' | 'next'): void {
    const row = this.neighbours()[to];
    if (!row) return;
    const commands = ['/containers', row.host, row.id];
    void this.router.navigate(commands, { queryParamsHandling: 'preserve', replaceUrl: true });
  }

  /** To the row of the container that was shown last, or to what had the focus before. */
  private giveBack(key: string): void {
    const { activeElement, body } = this.document;
    if (activeElement && activeElement !== body) return;
    const href = `/containers/${key.replace('.', '/')}`;
    const links = this.document.querySelectorAll<HTMLAnchorElement>('a[href^="/containers/"]');
    const row = [...links].find((link) => link.pathname === href);
    const heir = row ?? (this.opener instanceof HTMLElement && this.opener.isConnected ? this.opener : undefined);
    heir?.focus({ preventScroll: true });
  }
}
