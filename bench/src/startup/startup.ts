import { report } from '../report.ts';
import { Rounds } from '../rounds.ts';
import { measureServiceStarts } from './service-starts.ts';
import { measureWholeStarts } from './whole-starts.ts';

export interface StartupBench {
  /** How often each is started. */
  rounds: number;
  part: 'all' | 'services' | 'whole';
}

/** How soon each service can be used, what it takes then, and how soon all of `npm start` can. */
export async function benchStartup({ rounds, part }: StartupBench): Promise<void> {
  const seen = new Rounds();
  if (part !== 'whole') await measureServiceStarts(rounds, seen);
  if (part !== 'services') await measureWholeStarts(rounds, seen);
  report('startup', { rounds, part }, seen.figures());
}
