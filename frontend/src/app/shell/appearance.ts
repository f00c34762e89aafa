import { effect, inject, Service } from '@angular/core';
import { Preferences } from '../core/preferences.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

/** The chosen theme and density. `public/theme.js` puts them on the page before the first paint. */
@Service()
export class Appearance {
  private readonly preferences = inject(Preferences);
  readonly theme = this.preferences.signal<Theme>('theme', 'system', (theme) => THEMES.includes(theme));
  readonly density = this.preferences.signal<Density>('density', 'comfortable', (word) => DENSITIES.includes(word));

  constructor() {
    const { dataset } = document.documentElement;
    effect(() => {
      if (this.theme() === 'system') delete dataset['theme'];
      else dataset['theme'] = this.theme();
    });
    effect(() => {
      if (this.density() === 'comfortable') delete dataset['density'];
      else dataset['density'] = this.density();
    });
  }
}
