import { computed, DestroyRef, DOCUMENT, inject, Service, signal } from '@angular/core';
import { fromEvent } from 'rxjs';

/**
 * `keys` as people write them: `/`, `?`, `g c` (one after the other), `mod+k` (Cmd on a Mac, else Ctrl), `Escape`,
 * `shift+ArrowDown`.
 */
export interface Shortcut {
  keys: string;
  does: string;
  group: string;
}

interface Entry extends Shortcut {
  run: (event: KeyboardEvent) => void;
}

/** How long the second key of two may take, ms. */
const SECOND_KEY_MS = 1500;
/** Where keys write or choose; a slider and a tick take arrows and the space bar alone. */
const FIELDS = 'input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]';
const AWAY = '[role=dialog], [role=menu], dialog[open]';

/**
 * The keyboard's one table: a key has one meaning, the newest, and loses it with the component that gave it. Single keys
 * are left alone while someone types and while a dialog or menu is open; `mod+…` works everywhere.
 */
@Service()
export class Shortcuts {
  private readonly document = inject(DOCUMENT);
  private readonly entries = signal<readonly Entry[]>([]);
  private readonly first = signal<string | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** All that can be pressed now, each key once. */
  readonly listed = computed((): readonly Shortcut[] => {
    const byKeys = new Map(this.entries().map((entry) => [entry.keys, entry]));
    return [...byKeys.values()];
  });
  /** The first of two keys while the second is awaited, with what may follow. */
  readonly pending = computed(() => {
    const first = this.first();
    return first === null ? null : this.listed().filter(({ keys }) => keys.startsWith(`${first} `));
  });

  constructor() {
    const keys = fromEvent<KeyboardEvent>(this.document, 'keydown').subscribe((event) => this.take(event));
    inject(DestroyRef).onDestroy(() => {
      keys.unsubscribe();
      clearTimeout(this.timer);
    });
  }

  /** Gives a key its meaning until the caller is destroyed. Call in an injection context. */
  add(shortcut: Shortcut, run: (event: KeyboardEvent) => void): void {
    const entry = { ...shortcut, run };
    this.entries.update((entries) => [...entries, entry]);
    inject(DestroyRef).onDestroy(() => this.entries.update((entries) => entries.filter((other) => other !== entry)));
  }

  private take(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const key = keyOf(event);
    if (!key.startsWith('mod+') && isElsewhere(event.target)) return;
    const first = this.first();
    this.await(null);
    const meaning = (first === null ? undefined : this.meaning(`${first} ${key}`)) ?? this.meaning(key);
    if (meaning) {
      event.preventDefault();
      meaning.run(event);
    } else if (this.entries().some(({ keys }) => keys.startsWith(`${key} `))) {
      this.await(key);
    }
  }

  private meaning(keys: string): Entry | undefined {
    return this.entries().findLast((entry) => entry.keys === keys);
  }

  private await(key: string | null): void {
    clearTimeout(this.timer);
    this.first.set(key);
    if (key !== null) this.timer = setTimeout(() => this.first.set(null), SECOND_KEY_MS);
  }
}

/** A letter says itself whether Shift was held; other keys need it said. */
function keyOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const named = key.length > 1;
  const parts = [ctrlKey || metaKey ? 'mod' : '', altKey ? 'alt' : '', shiftKey && named ? 'shift' : ''];
  return [...parts.filter(Boolean), ctrlKey || metaKey ? key.toLowerCase() : key].join('+');
}

function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(`${FIELDS}, ${AWAY}`) !== null;
}
