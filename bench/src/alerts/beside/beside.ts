import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@deckwatch/testing';
import { percentile, type Figures } from '../../report.ts';
import { rotated, Rounds } from '../../rounds.ts';
import { Crossings } from './crossings.ts';
import { Deckwatch } from './deckwatch.ts';
import { Prometheus, prometheusVersion } from './prometheus.ts';
import { INTERVAL_MS, type Side, type SideCount } from './side.ts';

export interface BesidePrometheus {
  series: number;
  rules: number;
  /** How long each is watched, once without rules and once with them. */
  seconds: number;
  rounds: number;
}

const SETTLE_MS = 6000;
const CROSSINGS = 80;
/** No divisor of a second, so that they fall on every moment between two samples. */
const CROSSING_EVERY_MS = 97;
const SEEN_MS = 30_000;

const SIDES: Record<string, (crossings: Crossings, size: number) => Promise<Side>> = {
  Deckwatch: (crossings, size) => Deckwatch.start(crossings, size),
  Prometheus: (crossings, size) => Prometheus.start(crossings, size),
};

/**
 * The same rules on the same series, looked at once a second by Deckwatch and by Prometheus, in turn; undefined where
 * there is no Prometheus.
 */
export async function besidePrometheus(
  options: BesidePrometheus,
): Promise<{ settings: Figures; figures: Figures } | undefined> {
  const version = prometheusVersion();
  if (version === undefined) return undefined;
  const rounds = new Rounds();
  const names = Object.keys(SIDES);
  for (let turn = 0; turn < options.rounds; turn += 1) {
    for (const name of rotated(names, turn)) rounds.note(name, await measureSide(name, options));
  }
  return { settings: { ...options, prometheus: version }, figures: rounds.figures(names) };
}

async function measureSide(name: string, { series, rules, seconds }: BesidePrometheus): Promise<Figures> {
  const crossings = new Crossings();
  const side = await SIDES[name]!(crossings, series);
  try {
    const without = await watch(side, seconds);
    await side.setRules(rules);
    const withRules = await watch(side, seconds);
    crossings.plan(CROSSINGS, CROSSING_EVERY_MS, series);
    await eventually(() => crossings.missing === 0, { timeoutMs: SEEN_MS, describe: `all alerts of ${name}` });
    const asked = (series * rules * seconds * 1000) / INTERVAL_MS;
    return figuresOf(without, withRules, asked, crossings.latencies);
  } finally {
    await side.stop();
  }
}

/** What it counted in so many seconds; `rss` as it is at their end. */
async function watch(side: Side, seconds: number): Promise<SideCount & { seconds: number }> {
  await sleep(SETTLE_MS);
  const [startedAt, before] = [performance.now(), await side.count()];
  await sleep(seconds * 1000);
  const after = await side.count();
  return {
    cpuMs: after.cpuMs - before.cpuMs,
    allCpuMs: after.allCpuMs - before.allCpuMs,
    evaluations: after.evaluations - before.evaluations,
    ...(after.ownMs !== undefined && { ownMs: after.ownMs - before.ownMs! }),
    rss: after.rss,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

type Watched = Awaited<ReturnType<typeof watch>>;

/** @param asked evaluations, had each sample been looked at by each rule */
function figuresOf(without: Watched, withRules: Watched, asked: number, latencies: number[]): Figures {
  const millions = withRules.evaluations / 1e6;
  const percent = ({ cpuMs, seconds }: Watched): number => cpuMs / seconds / 10;
  const idleMs = (without.cpuMs / without.seconds) * withRules.seconds;
  return {
    '% of a core without rules': percent(without),
    '% of a core': percent(withRules),
    'evaluations done of those asked for, %': Math.min(100, Math.round((100 * withRules.evaluations) / asked)),
    'CPU s a million evaluations': withRules.cpuMs / 1000 / millions,
    'the same above what it takes without rules': (withRules.cpuMs - idleMs) / 1000 / millions,
    ...(withRules.ownMs !== undefined && { 'the same by its own clock': withRules.ownMs / 1000 / millions }),
    'the same of all processes': withRules.allCpuMs / 1000 / millions,
    'ms from the rise to the alert, p50': percentile(latencies, 0.5),
    'ms from the rise to the alert, p99': percentile(latencies, 0.99),
    'resident MiB': withRules.rss / 1024 / 1024,
  };
}
