import { formatDuration } from '@deckwatch/contracts/wire';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long ago something was, by one unit once it is more than a minute: `12 s ago`, `5 min ago`. */
export function agoOf(ms: number): string {
  if (ms < 2000) return 'now';
  const unit = ms >= 24 * HOUR_MS ? 24 * HOUR_MS : ms >= HOUR_MS ? HOUR_MS : ms >= MINUTE_MS ? MINUTE_MS : 1000;
  return `${formatDuration(Math.floor(ms / unit) * unit)} ago`;
}

/** A moment, as it is written where the person who reads lives. */
export const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
