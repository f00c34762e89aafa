import { setTimeout as sleep } from 'node:timers/promises';
import { chance } from '../fleet/chance.ts';
import { MORTALS, type House, type Mortal } from './house.ts';
import type { Sampler } from './sampler.ts';

const LONGEST_AWAY_MS = 3000;

/** `20`, or `6/h`: how many deaths a run of that length has. Throws what is allowed. */
export function deathsOf(text: string, runMs: number): number {
  const [, count, hourly] = /^(\d+)(\/h)?$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`--kills ${text}: a number or one an hour, 20 or 6/h`);
  return hourly ? Math.round((Number(count) * runMs) / 3_600_000) : Number(count);
}

export interface Death {
  part: Mortal;
  at: number;
  /** Until all was ready again, milliseconds. */
  readyMs: number;
}

/** Kills one part after another at chance moments, the same for the same seed, and starts each again. */
export class Deaths {
  readonly told: Death[] = [];
  private readonly begin = Date.now();

  constructor(
    private readonly house: House,
    private readonly sampler: Sampler,
    private readonly seed: number,
  ) {}

  /** Resolves when all of them are over. Rejects when a part does not come back. */
  async happen(count: number, runMs: number, signal: AbortSignal): Promise<void> {
    const moments = Array.from({ length: count }, (_, n) => runMs * (0.05 + 0.85 * chance(this.seed, n, 61)));
    for (const [n, moment] of moments.toSorted((a, b) => a - b).entries()) {
      await sleep(Math.max(0, this.begin + moment - Date.now()), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.one(MORTALS[Math.floor(chance(this.seed, n, 62) * MORTALS.length)]!, n);
    }
  }

  private async one(part: Mortal, n: number): Promise<void> {
    const at = Date.now();
    await this.house.kill(part);
    await sleep(LONGEST_AWAY_MS * chance(this.seed, n, 63));
    await this.house.startAgain(part);
    if (part === 'nats' || part === 'redis') this.sampler.reborn(part);
    await this.house.ready();
    const death = { part, at: at - this.begin, readyMs: Date.now() - at };
    this.told.push(death);
    process.stdout.write(`  killed: ${part}, all ready after ${(death.readyMs / 1000).toFixed(1)} s\n`);
  }
}
