import { BUCKETS, KEEP_ENDED_MS, STREAMS } from '@deckwatch/contracts';
import { trendOf, type Limit, type Point, type Trend } from './trend.ts';

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;
/**
 * What fills before it is flat: the samples of 15 minutes; the latest log items, which are kept for consoles that come
 * back; in Redis, ended sessions that are remembered for ten minutes.
 */
const FILLED_MS = 960_000;
const FILL_FIRST = ['history', 'gateway', 'redis'];

/** Of each kind of measure, what counts as flat. Consoles come and go in tens. */
const LIMITS: Record<string, Limit> = {
  heap: { perHour: MIB, noise: 2 * MIB },
  buffers: { perHour: MIB, noise: 2 * MIB },
  'resident memory': { perHour: 4 * MIB, noise: 8 * MIB },
  'open files': { perHour: 1, noise: 8 },
  'active handles': { perHour: 1, noise: 8 },
  keys: { perHour: 20, noise: 200 },
  'bytes of data': { perHour: MIB, noise: MIB },
};
/** A broker's memory follows what it stores. */
const BROKERS_MEMORY: Limit = { perHour: 48 * MIB, noise: 32 * MIB };

interface Store {
  maxBytes: number;
  /** For how long it keeps what it is given; 0: it holds a state alone. */
  keepsMs: number;
}

/** The streams and buckets as NATS calls them. */
const STORES: Record<string, Store> = {
  ...Object.fromEntries(Object.values(STREAMS).map(({ name, maxBytes, maxAgeMs }) => [name, { maxBytes, keepsMs: maxAgeMs || KEEP_ENDED_MS }])), // prettier-ignore
  ...Object.fromEntries(Object.values(BUCKETS).map(({ name, maxBytes, ttlMs }) => [`KV_${name}`, { maxBytes, keepsMs: ttlMs }])), // prettier-ignore
};
/** What a bucket that holds a state may gain. */
const STATE: Limit = { perHour: 16 * 1024, noise: 64 * 1024 };

export interface Judged extends Omit<Trend, 'verdict'> {
  name: string;
  verdict: Trend['verdict'] | 'kept';
  /** Of a log: what it would hold in the end at the normal rate. */
  ends: number | undefined;
}

/**
 * The verdict on every series that has a limit. A log grows by what happens until its age ends it, so it is asked
 * whether it would stay within its bound at the normal rate: `kept`.
 */
export function judge(series: ReadonlyMap<string, readonly Point[]>, runMs: number, rate: number): Judged[] {
  return [...series].flatMap(([name, points]) => {
    const [part, measure] = name.split(': ') as [string, string];
    const store = STORES[part];
    if (store) return measure === 'bytes' ? [stored(name, points, runMs, rate, store)] : [];
    const limit = /^(nats|redis): resident/.test(name) ? BROKERS_MEMORY : LIMITS[measure];
    if (!limit) return [];
    const settlesMs = FILL_FIRST.includes(part) ? FILLED_MS : 0;
    return [{ name, ends: undefined, ...trendOf(points, runMs, { ...limit, settlesMs }) }];
  });
}

function stored(name: string, points: readonly Point[], runMs: number, rate: number, store: Store): Judged {
  const trend = trendOf(points, runMs, STATE);
  if (trend.verdict !== 'grows' || store.keepsMs === 0) return { name, ends: undefined, ...trend };
  const ends = (trend.perHour / rate) * (store.keepsMs / HOUR_MS);
  return { ...trend, name, ends, allowed: store.maxBytes, verdict: ends <= store.maxBytes ? 'kept' : 'grows' };
}

/** A line for each, in Markdown. */
export function tableOf(judged: readonly Judged[]): string {
  const head = ['series', 'begin', 'end', 'gained an hour', 'allowed', 'verdict'];
  const rows = judged.map(({ name, from, to, perHour, allowed, verdict, ends }) => {
    const show = (value: number): string => shown(value, name);
    const gained = ends === undefined ? show(perHour) : `${show(perHour)}: ${show(ends)} in the end`;
    return [name, show(from), show(to), gained, show(allowed), verdict];
  });
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: string[]): string => `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function shown(value: number, name: string): string {
  if (!Number.isFinite(value)) return '-';
  if (/files|handles|keys/.test(name)) return String(Math.round(value * 10) / 10);
  return Math.abs(value) < MIB ? `${(value / 1024).toFixed(0)} KiB` : `${(value / MIB).toFixed(1)} MiB`;
}
