import type { AlertMessage } from '@deckwatch/contracts';
import { formatBytes, formatPercent, formatRate } from '@deckwatch/contracts/wire';

/** A metric's figure in its unit: CPU in percent of one core, shares in percent, sizes in bytes, rates a second. */
export function formatMetric(metric: string | null, value: number | null): string {
  if (value === null) return '–';
  switch (metric) {
    case 'cpu':
    case 'cpuPercent':
    case 'memPercent':
      return formatPercent(value);
    case 'mem':
      return formatBytes(value);
    case 'rx':
    case 'tx':
    case 'rd':
    case 'wr':
      return formatRate(value);
    default:
      return Number.isInteger(value) ? String(value) : value.toFixed(2);
  }
}

/** `92.4 % / 80.0 %`: how it is, and the level that it is measured by. */
export function valueWords({ metric, value, threshold }: AlertMessage): string {
  if (metric === null) return '';
  return threshold === null
    ? formatMetric(metric, value)
    : `${formatMetric(metric, value)} / ${formatMetric(metric, threshold)}`;
}

export const STATE_WORDS: Record<AlertMessage['state'], string> = {
  pending: 'pending',
  firing: 'firing',
  nodata: 'no data',
  resolved: 'resolved',
};
