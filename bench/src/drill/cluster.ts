import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@deckwatch/testing';
import { report } from '../report.ts';
import { checked } from './checks.ts';
import { Follower, isLog, longestGap, TOPICS } from './follower.ts';
import { Formation, HOSTS } from './formation.ts';
import { tableOf, type Kill } from './kill-table.ts';
import { Load } from './load.ts';
import { ASKED, Prober } from './prober.ts';

/** Each part that dies, with how long it stays away: a second instance, or a supervisor that starts it again. */
const AWAY_MS = 8000;
const SUPERVISED_MS = 1000;
/** A killed broker's consumers are missed after two heartbeats. */
const WATCHED_MS = 20_000;
/** The last items have come by then. */
const SETTLED_MS = 15_000;
/** How long nothing may be heard: state topics and answers; log topics while another takes over; a broker's log topics. */
const LIMITS_MS = { state: 3000, takenOver: 5000, brokerLog: 15_000 };

export interface ClusterDrill {
  /** Sessions that begin each second. */
  changes: number;
  /** Names of the parts to kill, such as `gateway-1,server-0`; default: all. */
  only: string;
}

/** Who looks on from outside while parts die. */
interface Watch {
  followers: Follower[];
  prober: Prober;
  faults: string[];
}

/**
 * Kills every part of a cluster in turn, under load, and checks from outside that nothing is lost or told twice, and that
 * nothing falls silent for too long. Throws what was wrong, after the report.
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
    const parts = [...formation.names, ...formation.nats.servers.keys()];
    for (const part of parts) {
      if (only === '' || only.split(',').includes(part)) kills.push(await killed(formation, part, watch));
    }
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
  const token = await formation.accessToken();
  const [one, two] = formation.gateways as [string, string];
  const followers = [new Follower([one, two], token), new Follower([two, one], token)];
  return { followers, prober: new Prober(formation.gateways, token), faults: [] };
}

/** Kills it, starts it again; the longest silence of each topic meanwhile, at the follower that had it worse. */
async function killed(formation: Formation, part: string, { followers, prober, faults }: Watch): Promise<Kill> {
  const server = formation.nats.servers.get(part);
  const from = Date.now();
  await (server ? server.end('SIGKILL') : formation.kill(part));
  await sleep(HOSTS.includes(part) || part === 'history' ? SUPERVISED_MS : AWAY_MS);
  await (server ? server.start() : formation.start(part));
  await sleep(WATCHED_MS);
  const to = Date.now();
  const worst = (of: number[][]): number => Math.max(...of.map((arrivals) => longestGap([...arrivals, to], from, to)));
  const silences = [
    ...TOPICS.map((topic) => ({ what: topic as string, log: isLog(topic), ms: worst(followers.map(({ arrivals }) => arrivals[topic])) })), // prettier-ignore
    ...ASKED.map((question) => ({ what: question as string, log: false, ms: worst([prober.answers[question]]) })),
  ];
  for (const { what, log, ms } of silences) {
    const limit = !log ? LIMITS_MS.state : server ? LIMITS_MS.brokerLog : LIMITS_MS.takenOver;
    if (ms > limit) faults.push(`${part}: ${what} silent for ${ms} ms, allowed are ${limit}`);
  }
  const line = silences.map(({ what, ms }) => `${what} ${(ms / 1000).toFixed(1)}`).join(', ');
  process.stdout.write(`${part}: longest silence in s: ${line}\n`);
  const longest = new Map(silences.map(({ what, ms }) => [what, ms]));
  return { part, from, to, silences: longest, lost: 0, doubled: 0, alertsTwice: 0 };
}
