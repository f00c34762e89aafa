import { setTimeout as sleep } from 'node:timers/promises';
import { everyMs } from '../fanout-load.ts';
import { Generator } from '../generator.ts';
import { costOf } from '../process-tree.ts';
import { percentile, report, round, type Figures } from '../report.ts';
import { DIALECTS, type DialectName } from './dialects.ts';
import { stagePeer, type PeerStage } from './peer-stage.ts';

export interface PeersBench {
  seconds: number;
}

const CROWDS = [1, 100, 1000];
const IDLE = 3000;
const BURST_MS = 200;
/** Until the code that runs for each client is compiled. */
const SETTLE_MS = 8000;
const REST_MS = 2000;

/** KiB of resident memory for each of many connections that nothing is said to. */
async function idle(stage: PeerStage, kind: DialectName): Promise<number> {
  const generator = Generator.start(stage.token);
  const before = costOf(stage.pid).rss;
  await generator.open(stage.url, IDLE, stage.topics, kind);
  await sleep(SETTLE_MS);
  const after = costOf(stage.pid).rss;
  generator.stop();
  await sleep(REST_MS);
  return (after - before) / IDLE / 1024;
}

async function crowd(stage: PeerStage, kind: DialectName, clients: number, seconds: number): Promise<Figures> {
  const generator = Generator.start(stage.token);
  await generator.open(stage.url, clients, stage.topics, kind);
  const stop = everyMs(BURST_MS, (burst) => void stage.publish(burst));
  try {
    await sleep(SETTLE_MS);
    await generator.mark();
    const before = costOf(stage.pid).cpuMs;
    await sleep(seconds * 1000);
    const cpuMs = costOf(stage.pid).cpuMs - before;
    const { items, bytes, latencies } = await generator.mark();
    const sent = (clients * 10 * seconds * 1000) / BURST_MS;
    const name = (what: string) => `${kind}, ${clients} clients: ${what}`;
    return {
      [name('CPU µs an item and client')]: round((cpuMs * 1000) / items, 2),
      [name('% of the items in time')]: Math.min(100, Math.round((100 * items) / sent)),
      [name('bytes an item and client')]: Math.round(bytes / items),
      [name('ms to the socket, p50')]: percentile(latencies, 0.5),
      [name('ms to the socket, p99')]: percentile(latencies, 0.99),
    };
  } finally {
    stop();
    generator.stop();
    await sleep(REST_MS);
  }
}

/** What it costs to hand log items to many, beside the broker's own WebSocket and what one would write with a library. */
export async function benchPeers({ seconds }: PeersBench): Promise<void> {
  const figures: Figures = {};
  for (const kind of Object.keys(DIALECTS) as DialectName[]) {
    const stage = await stagePeer(kind);
    try {
      figures[`${kind}: KiB an idle connection`] = round(await idle(stage, kind), 1);
      for (const clients of CROWDS) Object.assign(figures, await crowd(stage, kind, clients, seconds));
    } finally {
      await stage.stop();
    }
  }
  report('peers', { seconds }, figures);
}
