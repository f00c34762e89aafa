/** What builders put where a test says nothing: the same in every message, so that messages fit together. */
export const A_MOMENT = Date.UTC(2026, 0, 1);
export const A_HOST = 'alpha';
export const AN_ID = '0123456789ab';
export const AN_APP = 'shop';

/** The container id of that number: 12 hex digits, different for each. */
export function containerIdOf(number: number): string {
  return number.toString(16).padStart(12, '0').slice(-12);
}
