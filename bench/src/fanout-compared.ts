import { setTimeout as sleep } from 'node:timers/promises';
import { everyMs, publishBurst, publishSweep, stageGateway, type GatewayStage } from './fanout-load.ts';
import { Generator } from './generator.ts';
import { costOf } from './process-tree.ts';
import { percentile, report, round } from './report.ts';

export interface FanoutComparison {
  clients: number;
  containers: number;
  seconds: number;
  rounds: number;
  port: number;
  /** Another checkout, its gateway built. */
  against: string;
}

/** Until the code that runs for each client is compiled. */
const SETTLE_MS = 10_000;

/** CPU milliseconds of each side. */
interface Costs {
  there: number;
  here: number;
}

type Sides = Record<keyof Costs, GatewayStage>;

/** Both sides at once, the load handed to each in turn: what slows the machine down slows both. */
async function inTurn(
  { there, here }: Sides,
  topic: string,
  { clients, seconds }: FanoutComparison,
  periodMs: number,
  load: (side: GatewayStage, turn: number) => unknown,
): Promise<Costs> {
  const both = [there, here];
  const generators = both.map(({ token }) => Generator.start(token));
  const stop = everyMs(periodMs / 2, (tick) => load(both[tick % 2]!, tick >> 1));
  const cost = ({ gateway }: GatewayStage) => costOf(gateway.pid).cpuMs;
  const costs = (): Costs => ({ there: cost(there), here: cost(here) });
  try {
    for (const [index, generator] of generators.entries()) await generator.open(both[index]!.url, clients, [topic]);
    await sleep(SETTLE_MS);
    const before = costs();
    await sleep(seconds * 1000);
    const after = costs();
    return { there: after.there - before.there, here: after.here - before.here };
  } finally {
    stop();
    generators.forEach((generator) => generator.stop());
  }
}

/** One of a round's two orders divides what the other multiplies, so their geometric mean is free of it. */
function ratioOf(round: Costs[]): number {
  const product = round.reduce((sofar, { here, there }) => (sofar * here) / there, 1);
  return product ** (1 / round.length);
}

/** @param perMs the figure's unit to a millisecond of CPU */
function figures(name: string, rounds: Costs[][], perMs: number): Record<string, number> {
  const median = (values: number[]) => round(percentile(values, 0.5));
  const all = rounds.flat();
  const ratios = rounds.map(ratioOf);
  return {
    [`${name}, there`]: median(all.map(({ there }) => there * perMs)),
    [`${name}, here`]: median(all.map(({ here }) => here * perMs)),
    [`${name}, here to there`]: median(ratios),
    [`${name}, here to there, least of a round`]: round(Math.min(...ratios)),
    [`${name}, here to there, most of a round`]: round(Math.max(...ratios)),
  };
}

/** One fares a third better than the other for the order in which they start, so each is first once. */
async function bothOrders(options: FanoutComparison, measure: (sides: Sides) => Promise<void>): Promise<void> {
  const { containers, against, port } = options;
  for (const order of [
    ['there', 'here'],
    ['here', 'there'],
  ] as const) {
    const sides: Partial<Sides> = {};
    try {
      for (const [index, side] of order.entries()) {
        sides[side] = await stageGateway(port + index, containers, side === 'there' ? against : undefined);
      }
      await measure(sides as Sides);
    } finally {
      await Promise.all(Object.values(sides).map((side) => side.stop()));
    }
  }
}

/**
 * What the gateway built here costs for its clients beside one that was built elsewhere. Each round starts both anew: two
 * processes of one build differ more than two stretches of one process.
 */
export async function compareFanout(options: FanoutComparison): Promise<void> {
  const { clients, containers, seconds } = options;
  const stats: Costs[][] = [];
  const log: Costs[][] = [];
  for (let index = 0; index < options.rounds; index += 1) {
    const ofStats: Costs[] = [];
    const ofLog: Costs[] = [];
    await bothOrders(options, async (sides) => {
      ofStats.push(await inTurn(sides, 'stats', options, 1000, ({ bus }, turn) => publishSweep(bus, containers, turn)));
      ofLog.push(await inTurn(sides, 'alerts', options, 200, ({ bus }, turn) => publishBurst(bus, turn)));
    });
    stats.push(ofStats);
    log.push(ofLog);
  }
  report('fanout-compared', { ...options }, {
    ...figures('CPU µs per client, container and sweep', stats, 1000 / (clients * containers * seconds)),
    ...figures('CPU µs per log item and client', log, 1000 / (clients * 50 * seconds)),
  }); // prettier-ignore
}
