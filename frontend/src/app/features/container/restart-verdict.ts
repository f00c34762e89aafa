import type { Tone } from '../../ui/tone.ts';

export interface Standing {
  running: boolean;
  /** Active sessions of the apps that the container serves. */
  active: number;
  /** Other containers of its service that serve as well. */
  others: number;
}

export interface Verdict {
  tone: Tone;
  word: string;
  why: string;
}

/** Whether a container can be restarted now, and how many people that would hit. */
export function verdictOn({ running, active, others }: Standing): Verdict {
  if (!running) return { tone: 'good', word: 'Yes', why: 'it does not run, so nobody is on it.' };
  if (active === 0) return { tone: 'good', word: 'Yes', why: 'nobody is on it now.' };
  const people = active === 1 ? '1 person' : `${active.toLocaleString('en')} people`;
  if (others === 0) {
    return { tone: 'bad', word: 'No', why: `${people} would be hit now, and no other container serves them.` };
  }
  const rest = others === 1 ? '1 other container serves' : `${others} other containers serve`;
  return { tone: 'warn', word: 'With care', why: `up to ${people} would be hit now; ${rest} them too.` };
}
