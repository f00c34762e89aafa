import type { AlertMessage } from '@deckwatch/contracts';
import { severityTone } from '../../core/troubles/alert-look.ts';
import type { Tone } from '../../ui/tone.ts';
import { STATE_WORDS, valueWords } from './alert-words.ts';

/** An alert message as it is shown. */
export interface AlertRow {
  alert: AlertMessage;
  tone: Tone;
  hollow: boolean;
  state: string;
  value: string;
  /** Why nobody is bothered with it; empty when somebody is. */
  quiet: string;
  /** The way to its target. */
  link: string[];
  params: Record<string, string> | null;
}

export function rowOf(alert: AlertMessage): AlertRow {
  const over = alert.state === 'resolved';
  return {
    alert,
    tone: over ? 'good' : severityTone(alert.severity),
    hollow: alert.state === 'pending' || alert.state === 'nodata',
    state: STATE_WORDS[alert.state] ?? alert.state,
    value: valueWords(alert),
    quiet: quietOf(alert),
    ...placeOf(alert),
  };
}

function quietOf({ ack, silencedBy, inhibitedBy }: AlertMessage): string {
  if (ack) return 'acknowledged';
  if ((silencedBy ?? []).length > 0) return 'silenced';
  return inhibitedBy ? 'inhibited' : '';
}

function placeOf({ target: { kind, key, name, host } }: AlertMessage): Pick<AlertRow, 'link' | 'params'> {
  if (kind === 'container' && host !== null)
    return { link: ['/containers', host, key.slice(key.lastIndexOf('.') + 1)], params: null };
  if (kind === 'host') return { link: ['/containers'], params: { host: key } };
  return kind === 'sessions' ? { link: ['/sessions'], params: null } : { link: ['/containers'], params: { q: name } };
}

/** How many there are of each kind, in words; only the first kind is counted beside the page's name. */
export function countsOf(rows: readonly AlertRow[]): { text: string; meaning: string }[] {
  const isFiring = ({ alert }: AlertRow) => alert.state !== 'pending';
  const count = (what: (row: AlertRow) => boolean) => rows.filter(what).length;
  const counts: [number, string, string][] = [
    [count((row) => isFiring(row) && row.quiet === ''), 'firing', 'These need somebody; they are counted at the top of the page.'],
    [count((row) => isFiring(row) && row.quiet !== ''), 'acknowledged or silenced', 'They fire, and somebody knows.'],
    [count((row) => !isFiring(row)), 'pending', 'Their rule is broken, but not for long enough yet to fire.'],
  ]; // prettier-ignore
  return counts.filter(([n]) => n > 0).map(([n, words, meaning]) => ({ text: `${n} ${words}`, meaning }));
}
