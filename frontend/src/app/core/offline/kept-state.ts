import { isRecord } from '../frames.ts';

/** What the console knew last, as its topics would send it. */
export interface KeptState {
  version: 1;
  /** When it was so, Unix ms by this browser's clock. */
  at: number;
  topics: Record<string, Record<string, unknown>>;
}

export const KEPT_TOPICS = ['hosts', 'containers', 'stats', 'alerts', 'sessions.count'] as const;
const VERSION = 1;
/** What is older says nothing any more. */
const LONGEST_MS = 7 * 86_400_000;
/** Containers and rows beyond which the rest is left out: some 5 MB. */
export const MOST_ITEMS = 5000;

/** Checks what was stored, by this version of the console or another; null: of no use. */
export function readKept(stored: unknown, now: number): KeptState | null {
  if (!isRecord(stored) || stored['version'] !== VERSION || !isRecord(stored['topics'])) return null;
  const { at } = stored;
  if (typeof at !== 'number' || at > now || now - at > LONGEST_MS) return null;
  const known = Object.entries(stored['topics']).filter(([topic, data]) => isKept(topic) && isRecord(data));
  return { version: VERSION, at, topics: Object.fromEntries(known) as KeptState['topics'] };
}

function isKept(topic: string): boolean {
  return (KEPT_TOPICS as readonly string[]).includes(topic);
}
