import { Component, DOCUMENT, ElementRef, inject } from '@angular/core';
import { Icon } from './icon.ts';
import { ToastQueue, type Toast } from './toast-queue.ts';

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
    '(focusin)': 'enter($event)',
    '(focusout)': "hold('focus', false)",
    '(keydown.escape)': 'escapeHere($event)',
    '(window:keydown.escape)': 'escape($event)',
  },
  template: `
    @for (toast of queue.visible(); track toast.key) {
      <div
        class="toast"
        [class]="toast.tone"
        [attr.data-key]="toast.key"
        animate.enter="entering"
        animate.leave="leaving"
      >
        <ui-icon [name]="toast.icon" />
        <div class="text">
          @if (toast.open) {
            <button type="button" class="title open" (click)="open(toast)">{{ toast.title }}</button>
          } @else {
            <p class="title">{{ toast.title }}</p>
          }
          <p class="muted">{{ toast.body }}</p>
        </div>
        <button
          type="button"
          class="dismiss"
          [attr.aria-label]="'Dismiss: ' + toast.title"
          (click)="dismiss(toast.key)"
        >
          <ui-icon name="close" />
        </button>
      </div>
    }
  `,
  styleUrl: './toast-region.css',
})
export class ToastRegion {
  protected readonly queue = inject(ToastQueue);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly document = inject(DOCUMENT);
  /** What had the focus before it came here. */
  private before: HTMLElement | null = null;
  private readonly holders = new Set<'pointer' | 'focus'>();

  protected hold(holder: 'pointer' | 'focus', holds: boolean): void {
    if (holds) this.holders.add(holder);
    else this.holders.delete(holder);
    // The last toast went from under the finger: nobody is on the region any more.
    if (this.queue.visible().length === 0) this.holders.clear();
    if (this.holders.size > 0) this.queue.pause();
    else this.queue.resume();
  }

  /** Where the focus came from goes it back to. */
  protected enter({ relatedTarget }: FocusEvent): void {
    if (relatedTarget instanceof HTMLElement && !this.element.contains(relatedTarget)) this.before = relatedTarget;
    this.hold('focus', true);
  }

  /** In here Escape is for the toast that has the focus, and for nothing else: no panel behind it closes. */
  protected escapeHere(event: Event): void {
    const key = event.target instanceof Element && event.target.closest<HTMLElement>('.toast')?.dataset['key'];
    if (event.defaultPrevented || !key) return;
    event.preventDefault();
    event.stopPropagation();
    this.dismiss(key);
  }

  /**
   * Heard at the window, after everybody else: Escape closes one thing, and what has a use of its own for it, a dialog, a
   * menu, a field, comes first.
   */
  protected escape(event: Event): void {
    const target = event.target instanceof Element ? event.target : null;
    if (!event.defaultPrevented && !target?.closest(OTHERS)) this.queue.dismissNewest();
  }

  /** What it opens takes the focus. */
  protected open(toast: Toast): void {
    this.queue.dismiss(toast.key);
    this.hold('focus', false);
    toast.open?.();
  }

  /** The focus goes to the next toast, or back to where it came from; not every browser says that it has left. */
  protected dismiss(key: string): void {
    const toasts = this.queue.visible();
    const at = toasts.findIndex((toast) => toast.key === key);
    const heir = toasts[at + 1] ?? toasts[at - 1];
    const hadFocus = this.element.contains(this.document.activeElement);
    this.queue.dismiss(key);
    this.hold('focus', false);
    if (!hadFocus) return;
    const heirs = [...this.element.querySelectorAll<HTMLElement>('.toast')];
    const button = heirs.find(({ dataset }) => dataset['key'] === heir?.key)?.querySelector<HTMLElement>('.dismiss');
    (button ?? this.before)?.focus({ preventScroll: true });
  }
}
