import type { Container } from '@deckwatch/contracts';
import type { Tone } from '../../ui/tone.ts';

export interface Look {
  tone: Tone;
  hollow: boolean;
  /** In full, for screen readers and tooltips: "running, healthy". */
  text: string;
  /** What the State column says, in a word or two: "healthy", "exit 137". */
  word: string;
  /** What must be read without hovering; null for a container that simply runs. */
  badge: string | null;
}

type Standing = Pick<Container, 'state' | 'health' | 'exitCode' | 'oomKilled' | 'event'>;

/** Unhealthy, restarting, dead, or ended by a failure; one that was stopped was meant to be. */
export function isTroubled({ state, health, exitCode, event }: Standing): boolean {
  if (state === 'exited') return (exitCode ?? 0) !== 0 && event !== 'stopped';
  return state === 'restarting' || state === 'dead' || (state === 'running' && health === 'unhealthy');
}

/** How a container's state and health are shown. */
export function lookOf(container: Standing): Look {
  switch (container.state) {
    case 'running':
      return running(container.health);
    case 'paused':
      return noted('warn', true, 'paused');
    case 'restarting':
      return noted('warn', false, 'restarting');
    case 'dead':
      return noted('bad', false, 'dead');
    case 'exited':
      return exited(container);
    default:
      return noted('idle', true, container.state);
  }
}

function noted(tone: Tone, hollow: boolean, word: string, text = word): Look {
  return { tone, hollow, text, word, badge: word };
}

function running(health: Container['health']): Look {
  switch (health) {
    case 'unhealthy':
      return noted('bad', false, 'unhealthy', 'running, unhealthy');
    case 'starting':
      return { tone: 'good', hollow: true, text: 'running, health starting', word: 'starting', badge: null };
    case 'healthy':
      return { tone: 'good', hollow: false, text: 'running, healthy', word: 'healthy', badge: null };
    default:
      return { tone: 'good', hollow: false, text: 'running', word: 'running', badge: null };
  }
}

function exited({ exitCode, oomKilled, event }: Standing): Look {
  if (oomKilled) return noted('bad', true, 'out of memory', 'exited, out of memory');
  const code = exitCode ?? 0;
  if (code === 0) return noted('idle', true, 'exited');
  if (event === 'stopped') return noted('idle', true, `exit ${code}`, `stopped, exited with ${code}`);
  return noted('bad', true, `exit ${code}`, `exited with ${code}`);
}
