import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertMessage, ContainerEvent, SessionEvent } from '@deckwatch/contracts';
import type { Bus, TailItem } from '@deckwatch/bus';
import { eventually, testBus } from '@deckwatch/testing';
import { report, type Figures } from '../report.ts';
import { Follower, longestGap, TOPICS, type LogTopic } from './follower.ts';
import { Formation, HOSTS } from './formation.ts';
import { Load } from './load.ts';

/** Each part that dies, with how long it stays away: a second instance, or a supervisor that starts it again. */
const AWAY_MS = 8000;
const SUPERVISED_MS = 1000;
/** A killed broker's consumers are missed after two heartbeats. */
const WATCHED_MS = 20_000;
const STREAM_OF: Record<LogTopic, 'ALERTS' | 'SESSIONS'> = { alerts: 'ALERTS', 'sessions.events': 'SESSIONS' };

export interface ClusterDrill {
  /** Sessions that begin each second. */
  changes: number;
  /** Names of the parts to kill, such as `gateway-1,server-0`; default: all. */
  only: string;
}

/** Kills every part of a cluster in turn, under load, and checks from outside that nothing is lost or told twice. */
export async function drillCluster({ changes, only }: ClusterDrill): Promise<void> {
  const formation = await Formation.open();
  const bus = await testBus(formation.nats);
  const load = new Load(formation.engine.docker, bus);
  const followers: Follower[] = [];
  try {
    const token = await formation.accessToken();
    const [one, two] = formation.gateways as [string, string];
    followers.push(new Follower([one, two], token), new Follower([two, one], token));
    await load.start(changes);
    const flows = () => followers.every(({ arrivals }) => TOPICS.every((topic) => arrivals[topic].length > 3));
    await eventually(flows, { timeoutMs: 60_000, everyMs: 200, describe: 'figures and items at both followers' });
    const figures: Figures = {};
    const parts = [...formation.names, ...formation.nats.servers.keys()];
    for (const part of parts) {
      if (only === '' || only.split(',').includes(part))
        figures[`kill ${part}`] = await killed(formation, part, followers);
    }
    await load.stop();
    await sleep(15_000);
    Object.assign(figures, await checked(bus, followers, load));
    report('cluster', { sessionsPerSecond: changes }, figures);
  } finally {
    for (const follower of followers) follower.close();
    await load.stop();
    await bus.close();
    await formation.close();
  }
}

/** Kills it, starts it again; the longest silence of each topic meanwhile, at the follower that had it worse. */
async function killed(formation: Formation, part: string, followers: Follower[]): Promise<string> {
  const server = formation.nats.servers.get(part);
  const from = Date.now();
  await (server ? server.end('SIGKILL') : formation.kill(part));
  await sleep(HOSTS.includes(part) || part === 'history' ? SUPERVISED_MS : AWAY_MS);
  await (server ? server.start() : formation.start(part));
  await sleep(WATCHED_MS);
  const gap = (topic: (typeof TOPICS)[number]): number =>
    Math.max(...followers.map(({ arrivals }) => longestGap([...arrivals[topic], Date.now()], from, Date.now())));
  const line = TOPICS.map((topic) => `${topic} ${(gap(topic) / 1000).toFixed(1)}`).join(', ');
  process.stdout.write(`${part}: longest silence in s: ${line}\n`);
  return line;
}

/** What the streams hold against what was done and what the followers saw. */
async function checked(bus: Bus, followers: Follower[], load: Load): Promise<Figures> {
  const alerts = await all(bus, 'ALERTS');
  const sessions = await all(bus, 'SESSIONS');
  const containers = await all(bus, 'CONTAINERS');
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
    for (const what of ['lost', 'doubled', 'unrecovered'] as const)
      figures[`${topic}: ${what} at the followers`] = tally.map((each) => each[what]).join(' and ');
  }
  const created = countBy(sessions.map((item) => item.json() as SessionEvent).filter(({ app, event }) => app === 'drill' && event === 'created').map(({ id }) => id)); // prettier-ignore
  figures['sessions: begun and acknowledged'] = load.begun.size;
  figures['sessions: announced'] = created.size;
  figures['sessions: announced twice'] = twice(created);
  const deaths = countBy(containers.map((item) => item.json() as ContainerEvent).filter(({ event }) => event === 'died').map(({ host, id }) => `${host}.${id}`)); // prettier-ignore
  figures['deaths: containers x hosts'] = load.died.size * HOSTS.length;
  figures['deaths: told'] = deaths.size;
  figures['deaths: told twice'] = twice(deaths);
  const fired = countBy(alerts.map((item) => item.json() as AlertMessage).filter(({ state, change, target }) => state === 'firing' && change === 'state' && [...load.died].some((id) => target.key.endsWith(id))).map(({ target }) => target.key)); // prettier-ignore
  figures['alerts of them: told'] = fired.size;
  figures['alerts of them: told twice'] = twice(fired);
  figures['connections of the followers'] = followers.map(({ connects }) => connects).join(' and ');
  return figures;
}

function all(bus: Bus, stream: 'ALERTS' | 'SESSIONS' | 'CONTAINERS'): Promise<TailItem[]> {
  return new Promise((resolve) => {
    const items: TailItem[] = [];
    const tail = bus.tail(stream, {
      from: 1,
      onMessage: (item) => items.push(item),
      onCaughtUp: () => {
        tail.stop();
        resolve(items);
      },
    });
    tail.start();
  });
}

function countBy(keys: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const twice = (counts: Map<string, number>): number => [...counts.values()].filter((times) => times > 1).length;
