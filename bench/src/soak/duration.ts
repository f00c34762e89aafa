const UNITS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `90s`, `10m`, `2h` as milliseconds. Throws what is allowed. */
export function durationOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  if (count === undefined || Number(count) === 0) throw new Error(`"${text}" is no length: 90s, 10m and 2h are`);
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}

/** The same as one reads it: `12 min`. */
export function spoken(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return ms < 2 * UNITS.h ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 360_000) / 10} h`;
}
