import type { AlertMessage } from '@deckwatch/contracts';
import type { Tone } from '../../ui/tone.ts';

export function severityTone(severity: AlertMessage['severity']): Tone {
  if (severity === 'critical') return 'bad';
  return severity === 'warning' ? 'warn' : 'info';
}

/** Whether nobody has acknowledged or silenced it, and no other alert stands in its place. */
export function isUnattended({ ack, inhibitedBy, silencedBy }: AlertMessage): boolean {
  return !ack && !inhibitedBy && (silencedBy ?? []).length === 0;
}
