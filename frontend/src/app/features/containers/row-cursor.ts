import { computed, inject, Injectable, signal } from '@angular/core';
import { ContainerView } from './container-view.ts';

/** The line of the table that the keyboard is at. Its link or button has the focus, so that it is read as any other. */
@Injectable()
export class RowCursor {
  private readonly view = inject(ContainerView);
  private readonly due = signal(false);
  readonly key = signal<string | null>(null);
  private readonly held = signal(false);

  /** Its place in the table; -1 when there is none. */
  readonly index = computed(() => {
    const key = this.key();
    return key === null ? -1 : this.view.entries().findIndex((entry) => entry.key === key);
  });
  /** The same while it has or is to get the focus. */
  readonly focused = computed(() => (this.due() || this.held() ? this.index() : -1));

  set(key: string): void {
    this.key.set(key);
    this.held.set(true);
  }

  leave(): void {
    this.held.set(false);
  }

  /** Goes to a line, which gets the focus as soon as it is drawn. */
  go(key: string): void {
    this.key.set(key);
    this.due.set(true);
  }

  next(step: number): number {
    const index = this.index();
    return index < 0 ? 0 : this.within(index + step);
  }

  /** Where a key leads; null for a key that leads nowhere. */
  after(key: string, page: number): number | null {
    switch (key) {
      case 'ArrowDown':
        return this.next(1);
      case 'ArrowUp':
        return this.next(-1);
      case 'PageDown':
        return this.next(page);
      case 'PageUp':
        return this.next(-page);
      case 'Home':
        return 0;
      case 'End':
        return this.within(Infinity);
      default:
        return null;
    }
  }

  /**
   * Gives the focus where it is due, and back where lines changed places under it. Call it after the lines have been
   * drawn.
   */
  settle(table: HTMLElement): void {
    if (!this.due() && !this.isAstray(table)) return;
    const lines = [...table.querySelectorAll<HTMLElement>('[data-key]')];
    const line = lines.find(({ dataset }) => dataset['key'] === this.key())?.querySelector<HTMLElement>('.title');
    if (!line) return;
    this.due.set(false);
    line.focus({ preventScroll: true });
  }

  /** Whether the focus is on a line whose place another container has taken. */
  private isAstray(table: HTMLElement): boolean {
    if (!this.held()) return false;
    const line = table.ownerDocument.activeElement?.closest<HTMLElement>('[data-key]');
    return line !== null && line !== undefined && line.dataset['key'] !== this.key();
  }

  private within(index: number): number {
    return Math.max(0, Math.min(this.view.entries().length - 1, index));
  }
}
