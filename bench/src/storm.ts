import { Storm } from '../../deploy/smoke/test/storm/storm.ts';
import { report } from './report.ts';

export interface StormBench {
  alerts: number;
  /** In how many shards, and by how many instances, they are evaluated: 1 or 2. */
  shards: number;
  kills: number;
  seed: number;
}

/** Kills parts of an installation during a storm of alerts. Throws when anything was lost, doubled or out of order. */
export async function benchStorm(options: StormBench): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const { faults, figures } = await Storm.run({
    ...options,
    shards: options.shards === 2 ? 2 : 1,
    root: process.cwd(),
    mostFailures: 6,
    recovers: false,
    pauseMs: [1500, 6000],
    say,
  });
  report('storm', { ...options }, figures);
  for (const fault of faults.slice(0, 50)) say(fault);
  if (faults.length > 0) throw new Error(`${faults.length} faults`);
}
