import type { Signal } from '@angular/core';
import { addressed } from './address.ts';

export interface SearchText {
  /** Changes with each keystroke. */
  readonly text: Signal<string>;
  type(text: string): void;
  clear(): void;
}

/** A search field's text, which stands in the page's address as `?q=`. Call in an injection context of the page. */
export function searchText(name = 'q'): SearchText {
  const { value, type } = addressed<string>({
    names: [name],
    read: (params) => params.get(name) ?? '',
    write: (text) => (text === '' ? {} : { [name]: text }),
  });
  return { text: value, type, clear: () => type('') };
}
