import type { DialogConfig } from '@angular/cdk/dialog';
import { inject, Injector, Service, type Type } from '@angular/core';

export interface DialogWish {
  /** What the component finds under DIALOG_DATA. */
  data?: unknown;
  /** Read out when it opens. */
  label: string;
  /** Where it stands: a palette near the top, all else in the middle. */
  place?: 'middle' | 'top';
}

/**
 * Dialogs over the page: the focus goes in and comes back, Escape and a click beside them close. Dialog and component
 * are loaded when they are asked for.
 */
@Service()
export class Dialogs {
  private readonly injector = inject(Injector);

  /** Opens a component; resolves with what it closed with, undefined when it was dismissed. */
  async open<R>(
    load: () => Promise<Type<unknown>>,
    { data, label, place = 'middle' }: DialogWish,
  ): Promise<R | undefined> {
    const [{ Dialog }, component] = await Promise.all([import('@angular/cdk/dialog'), load()]);
    const { firstValueFrom } = await import('rxjs');
    const config: DialogConfig<unknown, never> = {
      data,
      ariaLabel: label,
      ariaModal: true,
      autoFocus: 'first-tabbable',
      restoreFocus: true,
      panelClass: ['ui-dialog', place],
      backdropClass: 'ui-dialog-backdrop',
    };
    const opened = this.injector.get(Dialog).open<R>(component, config as never);
    return firstValueFrom(opened.closed, { defaultValue: undefined });
  }
}
