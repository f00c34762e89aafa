/** Whether the runtime knows a time zone by that IANA name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * A time on the wall (`2026-11-28T22:00`) as Unix milliseconds. One that comes twice when clocks are set back is the
 * first of the two; one that clocks skip is as much later as they skip. NaN for a date that no calendar has.
 */
export function wallTimeToMs(text: string, timeZone: string): number {
  const asUtc = Date.parse(`${text}Z`);
  if (!Number.isFinite(asUtc) || !new Date(asUtc).toISOString().startsWith(text)) return NaN;
  const before = asUtc - offsetAt(asUtc - 86_400_000, timeZone);
  const after = asUtc - offsetAt(asUtc + 86_400_000, timeZone);
  const fits = [before, after].filter((t) => t + offsetAt(t, timeZone) === asUtc);
  return fits.length > 0 ? Math.min(...fits) : before;
}

/** How far the wall is ahead of UTC at that moment, milliseconds. */
function offsetAt(t: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(t).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(t / 1000) * 1000;
}
