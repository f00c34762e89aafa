import type { LastWords } from '@deckwatch/contracts';
import { isRecord } from '../../core/frames.ts';

const MOST_SAMPLES = 60;

export const WHAT_HAPPENED: Record<LastWords['event'], string> = {
  died: 'Before it died',
  oom: 'Before it ran out of memory',
  unhealthy: 'Before it became unhealthy',
};

/** What is commonly meant by an exit code; from 129 on it is 128 and the number of a signal. */
const EXIT_MEANINGS: Record<number, string> = {
  0: 'it ended by itself',
  1: 'it failed',
  125: 'the engine could not run it',
  126: 'its command cannot be run',
  127: 'its command was not found',
  130: 'interrupted, SIGINT',
  134: 'it aborted itself, SIGABRT',
  137: 'killed, SIGKILL',
  139: 'a fault in its memory, SIGSEGV',
  143: 'asked to end, SIGTERM',
};

/** `137: killed for lack of memory`; null where it did not end. */
export function exitWords(code: number | null, oomKilled: boolean | null): string | null {
  if (code === null) return null;
  const meaning = oomKilled && code === 137 ? 'killed for lack of memory' : (EXIT_MEANINGS[code] ?? signalOf(code));
  return meaning ? `${code}: ${meaning}` : String(code);
}

function signalOf(code: number): string {
  return code > 128 && code <= 192 ? `ended by signal ${code - 128}` : '';
}

/** The answer of the gateway, newest first; what can't be used is left out. */
export function readLastWords(answer: unknown): LastWords[] {
  const items = isRecord(answer) && Array.isArray(answer['items']) ? (answer['items'] as unknown[]) : [];
  return items.filter(isLastWords);
}

function isLastWords(item: unknown): item is LastWords {
  if (!isRecord(item) || typeof item['t'] !== 'number' || typeof item['id'] !== 'string') return false;
  const { event, cols, samples, lines } = item;
  return (
    typeof event === 'string' &&
    event in WHAT_HAPPENED &&
    Array.isArray(cols) &&
    Array.isArray(samples) &&
    samples.every(Array.isArray) &&
    Array.isArray(lines) &&
    lines.every((line) => typeof line === 'string')
  );
}

/** A column of the samples, oldest first; NaN where it is not known. */
export function columnOf({ cols, samples }: LastWords, name: string): Float32Array {
  const at = cols.indexOf(name);
  return Float32Array.from(samples.slice(-MOST_SAMPLES), (sample) => sample[at] ?? NaN);
}
