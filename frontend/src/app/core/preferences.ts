import { effect, Injector, inject, Service, signal, type WritableSignal } from '@angular/core';

const PREFIX = 'deckwatch.';
const LONGEST = 20_000;

/**
 * What this browser's user likes, kept in this browser: signals by name. What was stored and is of another kind than the
 * usual value, or not acceptable, counts as not stored; where storage is closed a choice lasts as long as the page.
 */
@Service()
export class Preferences {
  private readonly injector = inject(Injector);
  private readonly known = new Map<string, WritableSignal<unknown>>();

  /** @param accepts checks what was stored; by default it must be of the same kind as `usual` */
  signal<T>(name: string, usual: T, accepts: (value: T) => boolean = () => true): WritableSignal<T> {
    const before = this.known.get(name);
    if (before) return before as WritableSignal<T>;
    const stored = read(PREFIX + name);
    const fits = stored !== undefined && kindOf(stored) === kindOf(usual) && accepts(stored as T);
    const chosen = signal<T>(fits ? (stored as T) : usual);
    this.known.set(name, chosen as WritableSignal<unknown>);
    let first = true;
    effect(
      () => {
        const value = chosen();
        if (!first) write(PREFIX + name, value === usual ? undefined : value);
        first = false;
      },
      { injector: this.injector },
    );
    return chosen;
  }
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
}

function read(key: string): unknown {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : parse(text);
  } catch {
    return undefined; // storage is closed to us
  }
}

/** Plain words stand as they are, so that the page's first script can read the theme. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function write(key: string, value: unknown): void {
  try {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (value === undefined || text.length > LONGEST) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // full, or closed to us: it lasts as long as the page
  }
}
