import { Location } from '@angular/common';
import { afterRenderEffect, Component, computed, effect, ElementRef, inject, input, untracked } from '@angular/core';
import { Router } from '@angular/router';
import type { Container } from '@deckwatch/contracts';
import { LinkState } from '../../core/link-state.ts';
import { Shortcuts } from '../../core/shortcuts.ts';
import { StatsStore } from '../../core/stores/stats-store.ts';
import { rangesWith, rowWindow, slotOf } from '../../ui/row-window.ts';
import { ColumnChoice } from './column-choice.ts';
import type { SortKey } from './container-order.ts';
import { ContainerRow } from './container-row.ts';
import { ContainerView, type Entry } from './container-view.ts';
import { GroupRow } from './group-row.ts';
import { RowCursor } from './row-cursor.ts';

/** What is drawn: lines of the table, and the room of those that are not. */
type Piece = (Entry & { index: number; slot: number }) | { kind: 'space'; key: string; slot: string; px: number };

/** The containers as a table that stays one to screen readers, of which only the rows near the screen are drawn. */
@Component({
  selector: 'app-container-table',
  imports: [ContainerRow, GroupRow],
  providers: [RowCursor],
  host: {
    '(keydown)': 'key($event)',
    '(click)': 'click($event)',
    '[class.peopled]': 'peopled()',
  },
  templateUrl: './container-table.html',
  styleUrls: ['./columns.css', './container-table.css'],
})
export class ContainerTable {
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly link = inject(LinkState);
  private readonly router = inject(Router);
  private readonly location = inject(Location);
  private readonly cursor = inject(RowCursor);
  protected readonly view = inject(ContainerView);
  protected readonly columns = inject(ColumnChoice).columns;
  /** Whether room goes to the people on containers. */
  protected readonly peopled = computed(() => this.columns().some(({ key }) => key === 'people'));
  /** The key of the container that is open beside the table. */
  readonly opened = input<string | null>(null);

  private readonly window = rowWindow(computed(() => this.view.entries().length));
  protected readonly nameless = computed(() => (this.view.group() === 'project' ? 'Without a project' : 'Unknown'));
  protected readonly pieces = computed((): Piece[] => {
    const entries = this.view.entries();
    const rowPx = this.window.rowPx();
    const pieces: Piece[] = [];
    let end = 0;
    const skipTo = (index: number) => {
      const key = `space ${pieces.length === 0}`;
      if (index > end) pieces.push({ kind: 'space', key, slot: key, px: (index - end) * rowPx });
    };
    const capacity = this.window.capacity();
    const focused = this.cursor.focused();
    const kept = focused >= 0 ? focused : null;
    for (const range of rangesWith(this.window.range(), focused, entries.length)) {
      skipTo(range.start);
      for (let index = range.start; index < range.end; index += 1) {
        pieces.push({ ...entries[index]!, index, slot: slotOf(index, capacity, kept) });
      }
      end = range.end;
    }
    if (entries.length > end) {
      pieces.push({ kind: 'space', key: 'space after', slot: 'after', px: (entries.length - end) * rowPx });
    }
    return pieces;
  });
  private readonly drawnKeys = computed(
    () => this.pieces().flatMap((piece) => (piece.kind === 'row' ? [piece.key] : [])),
    { equal: (a, b) => a.length === b.length && a.every((key, index) => key === b[index]) },
  );
  /** The line where the Tab key stops: the one that was last gone to, or the first. */
  protected readonly stop = computed(() => {
    const current = this.cursor.key();
    const drawn = this.pieces().filter(({ kind }) => kind !== 'space');
    return drawn.some(({ key }) => key === current) ? current : drawn[0]?.key;
  });

  /** Where rows lead with the table's present address. */
  private readonly hrefs = computed(() => (this.view.params(), new WeakMap<Container, string>()));

  constructor() {
    inject(StatsStore).watch(this.drawnKeys);
    const shortcuts = inject(Shortcuts);
    shortcuts.add({ keys: 'j', does: 'Next row', group: 'Containers' }, () => this.go(this.cursor.next(1)));
    shortcuts.add({ keys: 'k', does: 'Previous row', group: 'Containers' }, () => this.go(this.cursor.next(-1)));
    effect(() => this.view.hold('opened', this.opened() !== null));
    effect(() => {
      const opened = this.opened();
      if (opened !== null) untracked(() => this.cursor.set(opened));
    });
    afterRenderEffect(() => {
      this.pieces();
      this.cursor.settle(this.element);
    });
  }

  /** The first line takes the focus: the way from the search into the table. */
  enter(): void {
    this.go(0);
  }

  protected hrefOf(container: Container): string {
    const hrefs = this.hrefs();
    const known = hrefs.get(container);
    if (known !== undefined) return known;
    const href = this.location.prepareExternalUrl(this.urlOf(container.host, container.id));
    hrefs.set(container, href);
    return href;
  }

  protected isStale(host: string): boolean {
    return this.link.isHostStale(host);
  }

  protected ariaSort(key: SortKey): 'ascending' | 'descending' | null {
    const sort = this.view.sort();
    if (sort.key !== key) return null;
    return sort.descending ? 'descending' : 'ascending';
  }

  protected blur(): void {
    this.cursor.leave();
    this.view.hold('focus', false);
  }

  /** A finger that tapped is no pointer that stays. */
  protected point({ pointerType }: PointerEvent): void {
    if (pointerType !== 'touch') this.view.hold('pointer', true);
  }

  protected focus(event: FocusEvent): void {
    const key = keyAt(event);
    if (key !== undefined) this.cursor.set(key);
    this.view.hold('focus', true);
  }

  protected key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || keyAt(event) === undefined) return;
    const entry = this.view.entries()[this.cursor.index()];
    if (entry?.kind === 'group' && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      this.view.toggle(entry.group.name, event.key === 'ArrowRight');
      return event.preventDefault();
    }
    const page = Math.max(1, Math.floor(innerHeight / this.window.rowPx()) - 4);
    const index = this.cursor.after(event.key, page);
    if (event.key === 'Escape' && this.opened() === null) (event.target as HTMLElement).blur();
    if (index === null) return;
    event.preventDefault();
    this.go(index);
  }

  /** A click anywhere in a row opens it; one that means a new tab or marks text is the browser's. */
  protected click(event: MouseEvent): void {
    const entry = this.view.entries().find(({ key }) => key === keyAt(event));
    if (entry?.kind !== 'row' || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const isLink = (event.target as HTMLElement).closest('a') !== null;
    if (!isLink && getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    const { host, id } = entry.container;
    this.cursor.set(entry.key);
    void this.router.navigateByUrl(this.urlOf(host, id), { scroll: 'manual' });
  }

  private go(index: number): void {
    const entry = this.view.entries()[index];
    if (!entry) return;
    this.cursor.go(entry.key);
    this.window.reveal(index);
  }

  private urlOf(host: string, id: string): string {
    return this.router.serializeUrl(
      this.router.createUrlTree(['/containers', host, id], { queryParams: this.view.params() }),
    );
  }
}

function keyAt(event: Event): string | undefined {
  return (event.target as HTMLElement).closest<HTMLElement>('[data-key]')?.dataset['key'];
}
