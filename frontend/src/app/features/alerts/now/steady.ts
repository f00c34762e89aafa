import { linkedSignal, type Signal } from '@angular/core';
import type { AlertMessage } from '@deckwatch/contracts';

/** Of those that ended while someone reads, the last stay to be seen. */
const MOST_ENDED = 50;

/**
 * Alerts in their own order, but while someone reads each keeps its place: what ends stays, marked as resolved, and what
 * begins comes after what is there.
 */
export function steady(
  alerts: Signal<readonly AlertMessage[]>,
  reading: Signal<boolean>,
): Signal<readonly AlertMessage[]> {
  return linkedSignal<{ now: readonly AlertMessage[]; reading: boolean }, readonly AlertMessage[]>({
    source: () => ({ now: alerts(), reading: reading() }),
    computation: (source, before) => (source.reading && before ? inPlace(before.value, source.now) : source.now),
  }).asReadonly();
}

/** @param shown as they stand on screen, in that order */
export function inPlace(shown: readonly AlertMessage[], now: readonly AlertMessage[]): AlertMessage[] {
  const living = new Map(now.map((alert) => [alert.id, alert]));
  let toDrop = shown.filter(({ id }) => !living.has(id)).length - MOST_ENDED;
  const kept = shown.flatMap((alert) => {
    const current = living.get(alert.id);
    if (!current && toDrop-- > 0) return [];
    return [current ?? { ...alert, state: 'resolved' as const }];
  });
  const known = new Set(shown.map(({ id }) => id));
  return [...kept, ...now.filter(({ id }) => !known.has(id))];
}
