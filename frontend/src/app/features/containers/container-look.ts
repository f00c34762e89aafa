import type { Container } from '@deckwatch/contracts';
import type { Tone } from '../../ui/tone.ts';

export interface Look {
  tone: Tone;
  hollow: boolean;
  /** For screen readers and the dot's tooltip: "running, healthy". */
  text: string;
  /** What must be read without hovering; null for a container that simply runs. */
  badge: string | null;
}

type Standing = Pick<Container, 'state' | 'health' | 'exitCode' | 'oomKilled'>;

/** How a container's state and health are shown. */
export function lookOf(container: Standing): Look {
  switch (container.state) {
    case 'running':
      return running(container.health);
    case 'paused':
      return { tone: 'warn', hollow: true, text: 'paused', badge: 'paused' };
    case 'restarting':
      return { tone: 'warn', hollow: false, text: 'restarting', badge: 'restarting' };
    case 'dead':
      return { tone: 'bad', hollow: false, text: 'dead', badge: 'dead' };
    case 'exited':
      return exited(container);
    default:
      return { tone: 'idle', hollow: true, text: container.state, badge: container.state };
  }
}

function running(health: Container['health']): Look {
  if (health === 'unhealthy') return { tone: 'bad', hollow: false, text: 'running, unhealthy', badge: 'unhealthy' };
  if (health === 'starting') return { tone: 'good', hollow: true, text: 'running, health starting', badge: null };
  return { tone: 'good', hollow: false, text: health ? `running, ${health}` : 'running', badge: null };
}

function exited({ exitCode, oomKilled }: Standing): Look {
  if (oomKilled) return { tone: 'bad', hollow: true, text: 'exited, out of memory', badge: 'out of memory' };
  const code = exitCode ?? 0;
  if (code === 0) return { tone: 'idle', hollow: true, text: 'exited', badge: 'exited' };
  return { tone: 'bad', hollow: true, text: `exited with ${code}`, badge: `exit ${code}` };
}
