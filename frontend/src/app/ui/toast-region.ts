import { Component, inject } from '@angular/core';
import { Icon } from './icon.ts';
import { ToastQueue } from './toast-queue.ts';

const OTHERS = 'dialog, [role=dialog], [role=menu], input, select, textarea, app-container-page';

/** Where toasts appear; read out politely, and patient while the pointer or the focus is on them. */
@Component({
  selector: 'ui-toast-region',
  imports: [Icon],
  host: {
    role: 'status',
    'aria-live': 'polite',
    'aria-label': 'Notices',
    '(mouseenter)': "hold('pointer', true)",
    '(mouseleave)': "hold('pointer', false)",
    '(focusin)': "hold('focus', true)",
    '(focusout)': "hold('focus', false)",
    '(document:keydown.escape)': 'escape($event)',
  },
  template: `
    @for (toast of queue.visible(); track toast.key) {
      <div class="toast" [class]="toast.tone" animate.enter="entering" animate.leave="leaving">
        <ui-icon [name]="toast.icon" />
        <div class="text">
          <p class="title">{{ toast.title }}</p>
          <p class="muted">{{ toast.body }}</p>
        </div>
        <button type="button" [attr.aria-label]="'Dismiss: ' + toast.title" (click)="dismiss(toast.key)">
          <ui-icon name="close" />
        </button>
      </div>
    }
  `,
  styleUrl: './toast-region.css',
})
export class ToastRegion {
  protected readonly queue = inject(ToastQueue);
  private readonly holders = new Set<'pointer' | 'focus'>();

  protected hold(holder: 'pointer' | 'focus', holds: boolean): void {
    if (holds) this.holders.add(holder);
    else this.holders.delete(holder);
    // The last toast went from under the finger: nobody is on the region any more.
    if (this.queue.visible().length === 0) this.holders.clear();
    if (this.holders.size > 0) this.queue.pause();
    else this.queue.resume();
  }

  /** Escape closes one thing: what has a use of its own for it, a dialog, a menu, a field, comes first. */
  protected escape(event: Event): void {
    const target = event.target instanceof Element ? event.target : null;
    if (!event.defaultPrevented && !target?.closest(OTHERS)) this.queue.dismissNewest();
  }

  /** A button that leaves the page takes the focus with it, and not every browser says so. */
  protected dismiss(key: string): void {
    this.queue.dismiss(key);
    this.hold('focus', false);
  }
}
