/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const THEMES = ['light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** WCAG 2.2 AA: text, and what is told by form or colour alone. */
const TEXT = 4.5;
const SIGN = 3;
const SURFACES = ['bg', 'surface', 'surface-raised', 'surface-hover', 'surface-sunken'];
const INKS = ['text', 'text-muted', 'text-faint', 'accent', 'good', 'warn', 'bad'];

const tokens = new Map(
  [
    ...readFileSync(join(__dirname, 'styles.css'), 'utf8').matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g),
  ].map(([, name, light, dark]) => [name, { light, dark }] as const),
);

function luminance(name: string, theme: Theme): number {
  const color = tokens.get(name)?.[theme];
  if (!color) throw new Error(`no token --${name}`);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1, the same, to 21, black on white. */
function contrast(one: string, other: string, theme: Theme): number {
  const [dim = 0, bright = 0] = [luminance(one, theme), luminance(other, theme)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

describe.each(THEMES)('the colours of the %s theme', (theme) => {
  function tooClose(inks: string[], surfaces: string[], least: number): string[] {
    return inks
      .flatMap((ink) => surfaces.map((surface) => ({ ink, surface, ratio: contrast(ink, surface, theme) })))
      .filter(({ ratio }) => ratio < least)
      .map(({ ink, surface, ratio }) => `${ink} on ${surface}: ${ratio.toFixed(2)}`);
  }

  it('can be read as text on every surface', () => {
    expect(tooClose(INKS, SURFACES, TEXT)).toEqual([]);
  });

  it('can be read on the soft ground of the same meaning', () => {
    for (const tone of ['good', 'warn', 'bad', 'accent']) {
      expect(tooClose([tone, 'text'], [`${tone}-soft`], TEXT)).toEqual([]);
    }
    expect(tooClose(['on-accent'], ['accent'], TEXT)).toEqual([]);
  });

  it('can be told where a dot, a line of a chart or the focus ring says something alone', () => {
    const signs = ['bad-dot', 'good-dot', 'warn-dot', 'idle-dot', 'chart-1', 'chart-2', 'accent'];
    expect(tooClose(signs, ['bg', 'surface', 'surface-raised'], SIGN)).toEqual([]);
  });
});
