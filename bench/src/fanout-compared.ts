import { setTimeout as sleep } from 'node:timers/promises';
import { everyMs, publishBurst, publishSweep, stageGateway, type GatewayStage } from './fanout-load.ts';
import { Generator } from './generator.ts';
import { costOf } from './process-tree.ts';
import { percentile, report, round } from './report.ts';

export interface FanoutComparison {
  clients: number;
  containers: number;
  seconds: number;
  port: number;
  /** Another checkout, its gateway built. */
  against: string;
}

const SLICE_MS = 4000;
const SETTLE_MS = 5000;

/** CPU milliseconds of each side in one slice of time. */
interface Slice {
  there: number;
  here: number;
}

type Sides = Record<keyof Slice, GatewayStage>;

/** Both sides at once, the load handed to each in turn: what slows the machine down slows both. */
async function inTurn(
  { there, here }: Sides,
  topic: string,
  { clients, seconds }: FanoutComparison,
  periodMs: number,
  load: (side: GatewayStage, turn: number) => unknown,
): Promise<Slice[]> {
  const both = [there, here];
  const generators = both.map(({ token }) => Generator.start(token));
  const stop = everyMs(periodMs / 2, (tick) => load(both[tick % 2]!, tick >> 1));
  const cost = ({ gateway }: GatewayStage) => costOf(gateway.pid).cpuMs;
  const costs = (): Slice => ({ there: cost(there), here: cost(here) });
  try {
    for (const [index, generator] of generators.entries()) await generator.open(both[index]!.url, clients, [topic]);
    await sleep(SETTLE_MS);
    const slices: Slice[] = [];
    for (let before = costs(); slices.length < (seconds * 1000) / SLICE_MS; before = costs()) {
      await sleep(SLICE_MS);
      const after = costs();
      slices.push({ there: after.there - before.there, here: after.here - before.here });
    }
    return slices;
  } finally {
    stop();
    generators.forEach((generator) => generator.stop());
  }
}

/** @param perMs the figure's unit to a millisecond of CPU in a slice */
function figures(name: string, slices: Slice[], perMs: number): Record<string, number> {
  const share = (of: (slice: Slice) => number, at: number) => round(percentile(slices.map(of), at));
  const ratio = ({ here, there }: Slice) => here / there;
  return {
    [`${name}, there`]: share(({ there }) => there * perMs, 0.5),
    [`${name}, here`]: share(({ here }) => here * perMs, 0.5),
    [`${name}, here to there`]: share(ratio, 0.5),
    [`${name}, here to there, first quartile`]: share(ratio, 0.25),
    [`${name}, here to there, third quartile`]: share(ratio, 0.75),
  };
}

/** Who starts second fares a little worse, so each does once. */
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

/** What the gateway built here costs for its clients beside one that was built elsewhere; medians over slices of 4 s. */
export async function compareFanout(options: FanoutComparison): Promise<void> {
  const { clients, containers } = options;
  const stats: Slice[] = [];
  const log: Slice[] = [];
  await bothOrders(options, async (sides) => {
    stats.push(
      ...(await inTurn(sides, 'stats', options, 1000, ({ bus }, turn) => publishSweep(bus, containers, turn))),
    );
    log.push(...(await inTurn(sides, 'alerts', options, 200, ({ bus }, turn) => publishBurst(bus, turn))));
  });
  const seconds = SLICE_MS / 1000;
  report('fanout-compared', { ...options }, {
    ...figures('CPU µs per client, container and sweep', stats, 1000 / (clients * containers * seconds)),
    ...figures('CPU µs per log item and client', log, 1000 / (clients * 50 * seconds)),
  }); // prettier-ignore
}
