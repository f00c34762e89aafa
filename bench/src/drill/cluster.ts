import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertMessage, ContainerEvent, SessionEvent } from '@deckwatch/contracts';
import type { Bus } from '@deckwatch/bus';
import { eventually } from '@deckwatch/testing';
import { report, type Figures } from '../report.ts';
import { Follower, isLog, longestGap, TOPICS, type LogTopic } from './follower.ts';
import { Formation, HOSTS } from './formation.ts';
import { Load } from './load.ts';
import { ASKED, Prober } from './prober.ts';
import { storedItems } from './stored-items.ts';

/** Each part that dies, with how long it stays away: a second instance, or a supervisor that starts it again. */
const AWAY_MS = 8000;
const SUPERVISED_MS = 1000;
/** A killed broker's consumers are missed after two heartbeats. */
const WATCHED_MS = 20_000;
const STREAM_OF: Record<LogTopic, 'ALERTS' | 'SESSIONS'> = { alerts: 'ALERTS', 'sessions.events': 'SESSIONS' };
/** How long nothing may be heard: state topics and answers; log topics while another takes over; a broker's log topics. */
const LIMITS_MS = { state: 3000, takenOver: 10_000, brokerLog: 15_000 };

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
    const figures: Figures = {};
    const parts = [...formation.names, ...formation.nats.servers.keys()];
    for (const part of parts) {
      if (only === '' || only.split(',').includes(part)) figures[`kill ${part}`] = await killed(formation, part, watch);
    }
    await load.stop();
    await sleep(15_000);
    Object.assign(figures, await checked(bus, watch, load));
    report('cluster', { sessionsPerSecond: changes }, figures);
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
async function killed(formation: Formation, part: string, { followers, prober, faults }: Watch): Promise<string> {
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
  return line;
}

/** What the streams hold against what was done and what the followers saw. */
async function checked(bus: Bus, { followers, faults }: Watch, load: Load): Promise<Figures> {
  const alerts = await storedItems(bus, 'ALERTS');
  const sessions = await storedItems(bus, 'SESSIONS');
  const containers = await storedItems(bus, 'CONTAINERS');
  const figures: Figures = {};
  for (const topic of Object.keys(STREAM_OF) as LogTopic[]) {
    const stored = (topic === 'alerts' ? alerts : sessions).map(({ seq }) => seq);
    const tally = followers.map(({ logs }) => {
      const { first, seen, unrecovered } = logs[topic];
      return {
        lost: stored.filter((seq) => seq >= first && !seen.has(seq)).length,
        doubled: [...seen.values()].filter((times) => times > 1).length,
        unrecovered,
      };
    });
    figures[`${topic}: stored`] = stored.length;
    for (const what of ['lost', 'doubled', 'unrecovered'] as const) {
      figures[`${topic}: ${what} at the followers`] = tally.map((each) => each[what]).join(' and ');
      if (tally.some((each) => each[what] > 0)) faults.push(`${topic}: ${what} at a follower`);
    }
  }
  const created = countBy(sessions.map((item) => item.json() as SessionEvent).filter(({ app, event }) => app === 'drill' && event === 'created').map(({ id }) => id)); // prettier-ignore
  const deaths = countBy(containers.map((item) => item.json() as ContainerEvent).filter(({ event }) => event === 'died').map(({ host, id }) => `${host}.${id}`)); // prettier-ignore
  const fired = countBy(alerts.map((item) => item.json() as AlertMessage).filter(({ state, change, target }) => state === 'firing' && change === 'state' && [...load.died].some((id) => target.key.endsWith(id))).map(({ target }) => target.key)); // prettier-ignore
  const expected = load.died.size * HOSTS.length;
  figures['sessions: begun and acknowledged'] = load.begun.size;
  figures['deaths: containers x hosts'] = expected;
  for (const [what, told, wanted] of [
    ['sessions', created, load.begun.size],
    ['deaths', deaths, expected],
    ['alerts of them', fired, expected],
  ] as const) {
    const twice = [...told.values()].filter((times) => times > 1).length;
    figures[`${what}: told`] = told.size;
    figures[`${what}: told twice`] = twice;
    // What was begun without an acknowledgement may have been told as well.
    if (told.size < wanted) faults.push(`${what}: ${wanted - told.size} of ${wanted} were not told`);
    if (twice > 0) faults.push(`${what}: ${twice} were told twice`);
  }
  figures['connections of the followers'] = followers.map(({ connects }) => connects).join(' and ');
  return figures;
}

function countBy(keys: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
