import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@deckwatch/testing';
import { report } from '../report.ts';
import { checked } from './checks.ts';
import { Follower, isLog, longestGap, TOPICS } from './follower.ts';
import { chosen, faultsOf, type Fault } from './faults.ts';
import { Formation } from './formation.ts';
import { tableOf, type Kill } from './kill-table.ts';
import { Load } from './load.ts';
import { ASKED, Prober } from './prober.ts';

/** A killed broker's consumers are missed after two heartbeats. */
const WATCHED_MS = 20_000;
/** The last items have come by then. */
const SETTLED_MS = 15_000;
export interface ClusterDrill {
  /** Sessions that begin each second. */
  changes: number;
  /** Which faults: `gateway-1,server-0` (their deaths), `cut` (all of a kind), `delay:server-0`; default: all. */
  only: string;
}

/** Who looks on from outside while parts die. */
interface Watch {
  followers: Follower[];
  prober: Prober;
  faults: string[];
}

/**
 * Kills every part of a cluster in turn, under load, cuts and delays its network, fills its disk, moves its clock, and
 * checks from outside that nothing is lost or told twice, and that nothing falls silent for too long. Throws what was
 * wrong, after the report.
 */
export async function drillCluster({ changes, only }: ClusterDrill): Promise<void> {
  const formation = await Formation.open({ collectors: true });
  const bus = await formation.busOnceReady();
  const load = new Load(formation.engine!.docker, bus);
  let watch: Watch | undefined;
  try {
    watch = await watched(formation);
    await load.start(changes);
    const { followers, faults } = watch;
    const flows = () => followers.every(({ arrivals }) => TOPICS.every((topic) => arrivals[topic].length > 3));
    await eventually(flows, { timeoutMs: 60_000, everyMs: 200, describe: 'figures and items at both followers' });
    const kills: Kill[] = [];
    for (const fault of chosen(faultsOf(formation), only)) kills.push(await suffered(fault, watch));
    await load.stop();
    await sleep(SETTLED_MS);
    const { figures, wrong } = await checked({ bus, followers, load, kills });
    faults.push(...wrong);
    report('cluster', { sessionsPerSecond: changes }, figures);
    process.stdout.write(`\nLongest silence in s, and what became of log items:\n${tableOf(kills)}\n`);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  } finally {
    for (const follower of watch?.followers ?? []) follower.close();
    await watch?.prober.stop();
    await load.stop();
    await bus.close();
    await formation.close();
  }
}

async function watched(formation: Formation): Promise<Watch> {
  const token = await formation.programToken();
  const [one, two] = formation.gateways as [string, string];
  const followers = [new Follower([one, two], token), new Follower([two, one], token)];
  return { followers, prober: new Prober(formation.gateways, token), faults: [] };
}

/** Lets it happen; the longest silence of each topic meanwhile, at the follower that had it worse. */
async function suffered(fault: Fault, { followers, prober, faults }: Watch): Promise<Kill> {
  await fault.prepare?.();
  const from = Date.now();
  await fault.begin();
  await sleep(fault.lastsMs);
  const ended = Date.now();
  await fault.end();
  await sleep(WATCHED_MS);
  const to = Date.now();
  const heard = [
    ...TOPICS.map((topic) => ({ what: topic as string, log: isLog(topic), times: followers.map(({ arrivals }) => arrivals[topic]) })), // prettier-ignore
    ...ASKED.map((question) => ({ what: question as string, log: false, times: [prober.answers[question]] })),
  ];
  const silences = new Map<string, number>();
  let recoveredMs = 0;
  for (const { what, log, times } of heard) {
    const ms = Math.max(...times.map((arrivals) => longestGap([...arrivals, to], from, to)));
    const again = Math.max(...times.map((arrivals) => (arrivals.find((t) => t >= ended) ?? to) - ended));
    silences.set(what, ms);
    recoveredMs = Math.max(recoveredMs, again);
    const allowed = fault.allowed[log ? 'log' : 'state'];
    if (ms > allowed) faults.push(`${fault.name}: ${what} silent for ${ms} ms, allowed are ${allowed}`);
    if (again > fault.recoversMs) faults.push(`${fault.name}: ${what} heard ${again} ms after its end, allowed are ${fault.recoversMs}`); // prettier-ignore
  }
  const line = [...silences].map(([what, ms]) => `${what} ${(ms / 1000).toFixed(1)}`).join(', ');
  process.stdout.write(
    `${fault.name}: longest silence in s: ${line}; all again after ${(recoveredMs / 1000).toFixed(1)}\n`,
  );
  return { fault: fault.name, from, to, silences, recoveredMs, lost: 0, doubled: 0, alertsTwice: 0 };
}
