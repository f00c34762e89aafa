import { effect, Service, signal } from '@angular/core';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORED = 'deckwatch.theme';

/** The chosen theme, kept in this browser. `public/theme.js` reads it before the first paint. */
@Service()
export class ThemeChoice {
  private readonly chosen = signal<Theme>(stored());
  readonly theme = this.chosen.asReadonly();

  constructor() {
    effect(() => {
      const theme = this.chosen();
      if (theme === 'system') delete document.documentElement.dataset['theme'];
      else document.documentElement.dataset['theme'] = theme;
    });
  }

  next(): void {
    const theme = THEMES[(THEMES.indexOf(this.chosen()) + 1) % THEMES.length] ?? 'system';
    this.chosen.set(theme);
    try {
      localStorage.setItem(STORED, theme);
    } catch {
      // Storage is closed to us: the choice lasts as long as the page.
    }
  }
}

function stored(): Theme {
  try {
    const theme = localStorage.getItem(STORED);
    return THEMES.find((known) => known === theme) ?? 'system';
  } catch {
    return 'system';
  }
}
