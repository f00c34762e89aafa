import { Component, ElementRef, input, signal, viewChild } from '@angular/core';

const ITEMS = '[role^=menuitem]:not([disabled])';
const GAP_PX = 4;

/**
 * A button that opens a menu: arrows, Home and End move in it, Escape, a key with Ctrl or Cmd and a click
 * beside it close it, and the focus goes back to the button. Content: what the button shows under `menu-face`, and items of a role `menuitem…`.
 */
@Component({
  selector: 'ui-menu',
  host: { '(keydown)': 'take($event)' },
  template: `
    <button
      #face
      type="button"
      class="face"
      aria-haspopup="menu"
      [attr.aria-expanded]="open()"
      [attr.aria-label]="label()"
      [title]="label()"
      (click)="open() ? close() : show()"
    >
      <ng-content select="[menu-face]" />
    </button>
    <div #list popover="auto" role="menu" tabindex="-1" [attr.aria-label]="label()" (toggle)="follow($event)">
      <ng-content />
    </div>
  `,
  styleUrl: './menu.css',
})
export class Menu {
  readonly label = input.required<string>();
  protected readonly open = signal(false);
  private readonly face = viewChild.required<ElementRef<HTMLElement>>('face');
  private readonly list = viewChild.required<ElementRef<HTMLElement>>('list');

  show(): void {
    const list = this.list().nativeElement;
    list.showPopover();
    // At once: its event comes later than the next key may.
    this.open.set(true);
    this.place(list);
    this.items()[0]?.focus();
  }

  close(): void {
    this.list().nativeElement.hidePopover();
    this.open.set(false);
    this.face().nativeElement.focus();
  }

  protected follow(event: Event): void {
    this.open.set((event as ToggleEvent).newState === 'open');
  }

  protected take(event: KeyboardEvent): void {
    if (!this.open()) {
      if (event.key === 'ArrowDown') this.show();
      else return;
    } else if (isChord(event)) {
      // It is for somebody else, perhaps for what opens over this.
      this.close();
      return;
    } else if (event.key === 'Escape' || event.key === 'Tab') this.close();
    else if (event.key === 'ArrowDown') this.step(1);
    else if (event.key === 'ArrowUp') this.step(-1);
    else if (event.key === 'Home') this.items()[0]?.focus();
    else if (event.key === 'End') this.items().at(-1)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private items(): HTMLElement[] {
    return [...this.list().nativeElement.querySelectorAll<HTMLElement>(ITEMS)];
  }

  private step(by: number): void {
    const items = this.items();
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + by + items.length) % items.length]?.focus();
  }

  /** Under the button or over it, where there is more room; its right edges together, but inside the window. */
  private place(list: HTMLElement): void {
    const face = this.face().nativeElement.getBoundingClientRect();
    list.style.maxHeight = '';
    const wanted = list.offsetHeight;
    const [above, below] = [face.top - 2 * GAP_PX, innerHeight - face.bottom - 2 * GAP_PX];
    const isOver = wanted > below && above > below;
    const height = Math.min(wanted, isOver ? above : below);
    // Under the button it may still grow.
    list.style.maxHeight = `${isOver ? height : below}px`;
    list.style.top = `${isOver ? face.top - GAP_PX - height : face.bottom + GAP_PX}px`;
    list.style.left = `${Math.max(GAP_PX, face.right - list.offsetWidth)}px`;
  }
}

function isChord({ ctrlKey, metaKey, key }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && key.length === 1;
}
