/** What happens to a container, step by step: each so long after the first. */
export type Act = 'die' | 'oom' | 'stop' | 'start' | 'healthy' | 'unhealthy' | 'pause' | 'unpause' | 'deploy';

export interface Step {
  afterMs: number;
  act: Act;
}

const step = (afterMs: number, act: Act): Step => ({ afterMs, act });

/** The stories of which one is told now and then. */
export const TROUBLES: readonly (readonly Step[])[] = [
  [step(0, 'die'), step(2000, 'start'), step(6000, 'healthy')],
  [step(0, 'unhealthy'), step(20_000, 'healthy')],
  [step(0, 'stop'), step(12_000, 'start'), step(16_000, 'healthy')],
  [step(0, 'deploy'), step(4000, 'healthy')],
  [step(0, 'pause'), step(15_000, 'unpause')],
  [step(0, 'oom'), step(2000, 'start'), step(6000, 'healthy')],
];
