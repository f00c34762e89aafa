import { Component, inject } from '@angular/core';
import { Icon } from './icon.ts';
import { ToastQueue } from './toast-queue.ts';

/** Where toasts appear; read out politely, and patient while the pointer or the focus is on them. */
@Component({
  selector: 'ui-toast-region',
  imports: [Icon],
  host: {
    role: 'status',
    'aria-live': 'polite',
    'aria-label': 'Notices',
    '(mouseenter)': 'queue.pause()',
    '(mouseleave)': 'queue.resume()',
    '(focusin)': 'queue.pause()',
    '(focusout)': 'queue.resume()',
    '(document:keydown.escape)': 'queue.dismissNewest()',
  },
  template: `
    @for (toast of queue.visible(); track toast.key) {
      <div class="toast" [class]="toast.tone" animate.enter="entering">
        <ui-icon [name]="toast.icon" />
        <div class="text">
          <p class="title">{{ toast.title }}</p>
          <p class="muted">{{ toast.body }}</p>
        </div>
        <button type="button" [attr.aria-label]="'Dismiss: ' + toast.title" (click)="queue.dismiss(toast.key)">
          <ui-icon name="close" />
        </button>
      </div>
    }
  `,
  styleUrl: './toast-region.css',
})
export class ToastRegion {
  protected readonly queue = inject(ToastQueue);
}
