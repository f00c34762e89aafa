import { setTimeout as sleep } from 'node:timers/promises';
import { everyMs } from '../fanout-load.ts';
import { Generator } from '../generator.ts';
import { costOf } from '../process-tree.ts';
import { percentile, report, type Figures } from '../report.ts';
import { rotated, Rounds } from '../rounds.ts';
import { DIALECTS, type DialectName } from './dialects.ts';
import { stagePeer, type PeerStage } from './peer-stage.ts';

export interface PeersBench {
  seconds: number;
  rounds: number;
  /** How many clients, one measurement each: `[1, 100, 1000]`. */
  crowds: number[];
  /** Idle connections that are opened to weigh one; 0: none. */
  idle: number;
  /** Items that are published at once; fifty a second in all. */
  burst: number;
  /** Those whose name holds one of these, `nats,deckwatch`; '': all. */
  only: string;
}

const ITEMS_A_SECOND = 50;
/**
 * So long at up to ten times the rate, that what runs for each item is compiled, then a little at the usual rate. At fifty
 * items a second a program of Node would still compile in the measurement.
 */
const WARM_MS = 6000;
const SETTLE_MS = 2000;
const WARM_FACTOR = 10;
/** Items to all clients in a second that everybody stands. */
const WARM_ITEMS = 50_000;
const REST_MS = 1000;

/** KiB of resident memory for each of many connections that nothing is said to. */
async function idle(stage: PeerStage, kind: DialectName, connections: number): Promise<Figures> {
  const generator = Generator.start(stage.token);
  try {
    // What the first connections set up once is not counted.
    await generator.open(stage.url, 100, stage.topics, kind);
    await sleep(REST_MS);
    const before = costOf(stage.pid).rss;
    await generator.open(stage.url, connections, stage.topics, kind);
    await sleep(5000);
    const after = costOf(stage.pid).rss;
    return { 'KiB an idle connection': (after - before) / connections / 1024 };
  } finally {
    generator.stop();
  }
}

async function crowd(stage: PeerStage, kind: DialectName, clients: number, options: PeersBench): Promise<Figures> {
  const { seconds, burst } = options;
  const generator = Generator.start(stage.token);
  await generator.open(stage.url, clients, stage.topics, kind);
  const periodMs = (1000 * burst) / ITEMS_A_SECOND;
  const publishEvery = (ms: number) => everyMs(ms, (turn) => void stage.publish(turn, burst));
  const faster = Math.min(WARM_FACTOR, Math.max(1, WARM_ITEMS / ITEMS_A_SECOND / clients));
  let stop = publishEvery(periodMs / faster);
  try {
    await sleep(WARM_MS);
    stop();
    stop = publishEvery(periodMs);
    await sleep(SETTLE_MS);
    await generator.mark();
    const before = costs(stage);
    await sleep(seconds * 1000);
    const after = costs(stage);
    const { items, bytes, latencies } = await generator.mark();
    const sent = clients * ITEMS_A_SECOND * seconds;
    return {
      'CPU µs an item and client': ((after.server - before.server) * 1000) / items,
      'the same with the broker': ((after.all - before.all) * 1000) / items,
      '% of the items in time': Math.min(100, Math.round((100 * items) / sent)),
      'bytes an item and client': Math.round(bytes / items),
      'ms to the socket, p50': percentile(latencies, 0.5),
      'ms to the socket, p99': percentile(latencies, 0.99),
    };
  } finally {
    stop();
    generator.stop();
    await sleep(REST_MS);
  }
}

/** CPU milliseconds of the process that has the clients, and with the broker behind it. */
function costs({ pid, brokerPid }: PeerStage): { server: number; all: number } {
  const server = costOf(pid).cpuMs;
  return { server, all: brokerPid === undefined ? server : server + costOf(brokerPid).cpuMs };
}

/** Each peer is started anew: two processes of one build differ more than two stretches of one process. */
async function onStage(kind: DialectName, measure: (stage: PeerStage) => Promise<Figures>): Promise<Figures> {
  const stage = await stagePeer(kind);
  try {
    return await measure(stage);
  } finally {
    await stage.stop();
  }
}

/**
 * What it costs to hand log items to many, beside the broker's own WebSocket and what one would write with a library.
 * In each round every peer has its turn.
 */
export async function benchPeers(options: PeersBench): Promise<void> {
  const all = Object.keys(DIALECTS) as DialectName[];
  const kinds = all.filter((kind) => options.only.split(',').some((part) => kind.includes(part)));
  const rounds = new Rounds();
  for (let turn = 0; turn < options.rounds; turn += 1) {
    for (const kind of rotated(kinds, turn)) {
      if (options.idle > 0) rounds.note(kind, await onStage(kind, (stage) => idle(stage, kind, options.idle)));
      for (const clients of options.crowds)
        rounds.note(named(kind, clients), await onStage(kind, (stage) => crowd(stage, kind, clients, options)));
    }
  }
  const order = kinds.flatMap((kind) => [kind, ...options.crowds.map((clients) => named(kind, clients))]);
  const crowds = options.crowds.join('-');
  report(crowds ? `peers-${crowds}` : 'peers-idle', { ...options, crowds }, rounds.figures(order));
}

const named = (kind: DialectName, clients: number): string => `${kind}, ${clients} clients`;
