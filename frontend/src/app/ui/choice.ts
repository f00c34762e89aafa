import { Component, computed, input, output } from '@angular/core';

export interface Option {
  value: string;
  text: string;
}

/** A list to choose one of, or none, to narrow something by. */
@Component({
  selector: 'ui-choice',
  template: `
    <select
      #field
      class="control"
      [class.chosen]="value()"
      [attr.aria-label]="label()"
      (change)="chosen.emit(field.value)"
    >
      <option value="" [selected]="value() === ''">{{ none() }}</option>
      @for (option of all(); track option.value) {
        <option [value]="option.value" [selected]="option.value === value()">{{ option.text }}</option>
      }
    </select>
  `,
  styles: `
    :host {
      display: inline-flex;
      min-width: 0;
      max-width: 150px;
    }
    select {
      width: 100%;
    }
  `,
})
export class Choice {
  readonly label = input.required<string>();
  /** What stands there while nothing is chosen: `All hosts`. */
  readonly none = input.required<string>();
  readonly options = input.required({
    transform: (options: readonly (string | Option)[]): readonly Option[] =>
      options.map((option) => (typeof option === 'string' ? { value: option, text: option } : option)),
  });
  /** Empty: none. */
  readonly value = input.required<string>();
  readonly chosen = output<string>();

  /** What is chosen stays to be seen, and to be cleared, when it is not there any more. */
  protected readonly all = computed((): readonly Option[] => {
    const value = this.value();
    const options = this.options();
    if (value === '' || options.some((option) => option.value === value)) return options;
    // Where there are none at all they may be on their way.
    return [{ value, text: options.length === 0 ? value : `${value} (not there)` }, ...options];
  });
}
