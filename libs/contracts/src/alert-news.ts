import type { AlertMessage } from './alert.ts';

/**
 * Whether a message tells of something that people want to hear: that an alert fires, has no data any more, or is over.
 * A pending one is no news yet, and one that was only ever pending is none when it is over.
 */
export function isAlertNews({ change, state, firedAt }: Pick<AlertMessage, 'change' | 'state' | 'firedAt'>): boolean {
  return change === 'state' && state !== 'pending' && (state !== 'resolved' || firedAt !== null);
}

/** Whether a target is meant by a part of its name or key, in small letters or capitals. */
export function isAlertOn({ target }: Pick<AlertMessage, 'target'>, part: string): boolean {
  const wanted = part.toLowerCase();
  return target.name.toLowerCase().includes(wanted) || target.key.toLowerCase().includes(wanted);
}
