import {
  Component,
  ElementRef,
  inject,
  Injector,
  input,
  output,
  runInInjectionContext,
  viewChild,
  type OnInit,
} from '@angular/core';
import { Shortcuts } from '../core/shortcuts.ts';
import { Icon } from './icon.ts';

/** The field of a page that is searched as one types: `/` leads into it, Escape empties it, and then leads out. */
@Component({
  selector: 'ui-search-field',
  imports: [Icon],
  template: `
    <ui-icon name="search" />
    <input
      #field
      class="control"
      type="search"
      autocomplete="off"
      spellcheck="false"
      maxlength="200"
      aria-keyshortcuts="/"
      [attr.aria-label]="label()"
      [placeholder]="placeholder()"
      [value]="text()"
      (input)="typed.emit(field.value)"
      (keydown.escape)="leave($event)"
      (keydown.arrowdown)="$event.preventDefault(); entered.emit()"
    />
    <kbd aria-hidden="true">/</kbd>
  `,
  styles: `
    :host {
      position: relative;
      display: flex;
      align-items: center;
      min-width: 150px;
      color: var(--text-faint);
    }
    ui-icon {
      position: absolute;
      left: 8px;
      pointer-events: none;
    }
    input {
      width: 100%;
      padding: 0 30px;
      text-overflow: ellipsis;
    }
    input::-webkit-search-cancel-button {
      margin-right: -20px;
    }
    kbd {
      position: absolute;
      right: 7px;
      pointer-events: none;
    }
    input:focus + kbd,
    input:not(:placeholder-shown) + kbd {
      display: none;
    }
    @media (max-width: 640px), (pointer: coarse) {
      kbd {
        display: none;
      }
    }
  `,
})
export class SearchField implements OnInit {
  private readonly shortcuts = inject(Shortcuts);
  private readonly injector = inject(Injector);
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');
  /** What it is for: `Search containers`. */
  readonly label = input.required<string>();
  readonly placeholder = input.required<string>();
  /** Under which its key is listed: `Containers`. */
  readonly group = input.required<string>();
  readonly text = input.required<string>();
  readonly typed = output<string>();
  /** Somebody goes on into what was found. */
  readonly entered = output();

  ngOnInit(): void {
    const shortcut = { keys: '/', does: this.label(), group: this.group() };
    runInInjectionContext(this.injector, () => this.shortcuts.add(shortcut, () => this.enter()));
  }

  private enter(): void {
    this.field().nativeElement.focus();
    this.field().nativeElement.select();
  }

  /** In here Escape is for the field, and closes nothing behind it. */
  protected leave(event: Event): void {
    event.stopPropagation();
    if (this.text() === '') this.field().nativeElement.blur();
    else this.typed.emit('');
  }
}
