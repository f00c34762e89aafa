import { formatDuration } from '@deckwatch/contracts/wire';

const SIZES: Record<string, number> = { '': 1, b: 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 }; // prettier-ignore
const TIMES: Record<string, number> = { '': 1000, ms: 1, s: 1000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `80`, `80 %`, `500 MiB`, `2 GiB/s`: the figure in its unit; null for what is none. */
export function readFigure(text: string): number | null {
  const parts = /^(-?\d+(?:\.\d+)?)\s*(%|[kmgt]?i?b)?(?:\/s)?$/i.exec(text.trim());
  if (!parts) return null;
  const unit = (parts[2] ?? '').toLowerCase();
  return Number(parts[1]) * (unit === '%' ? 1 : SIZES[unit]!);
}

/** A figure as it would be typed: bytes by the greatest unit that leaves it whole. */
export function writeFigure(value: number, isSize: boolean): string {
  if (!isSize || value === 0) return String(value);
  const unit = (['TiB', 'GiB', 'MiB', 'KiB'] as const).find((name) => value % SIZES[name.toLowerCase()]! === 0);
  return unit === undefined ? String(value) : `${value / SIZES[unit.toLowerCase()]!} ${unit}`;
}

/** `30`, `30 s`, `5 min`, `2 h`, `1 min 30 s` as ms; null for what is none. */
export function readDuration(text: string): number | null {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(ms|min|s|m|h|d)?\s*/gy)];
  const length = parts.reduce((sum, [all]) => sum + all.length, 0);
  if (parts.length === 0 || length !== text.trim().length) return null;
  return Math.round(parts.reduce((sum, [, number, unit]) => sum + Number(number) * TIMES[unit ?? '']!, 0));
}

export function writeDuration(ms: number): string {
  return ms === 0 ? '' : formatDuration(ms);
}
