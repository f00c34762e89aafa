import type { Bus, TailItem } from '@deckwatch/bus';
import type { AlertMessage, ContainerEvent, SessionEvent } from '@deckwatch/contracts';
import type { Figures } from '../report.ts';
import type { Follower, LogTopic } from './follower.ts';
import { HOSTS } from './formation.ts';
import { killAt, type Kill } from './kill-table.ts';
import type { Load } from './load.ts';
import { storedItems } from './stored-items.ts';

export interface Evidence {
  bus: Bus;
  followers: readonly Follower[];
  load: Load;
  /** What is found wrong is counted at the death that came before it. */
  kills: readonly Kill[];
}

interface Findings {
  figures: Figures;
  /** What must not be, in words. */
  wrong: string[];
}

/** What the streams hold against what was done and what the followers saw. */
export async function checked({ bus, followers, load, kills }: Evidence): Promise<Findings> {
  const found: Findings = { figures: {}, wrong: [] };
  const alerts = await storedItems(bus, 'ALERTS');
  const sessions = await storedItems(bus, 'SESSIONS');
  const containers = await storedItems(bus, 'CONTAINERS');
  seenByAll('alerts', alerts, followers, kills, found);
  seenByAll('sessions.events', sessions, followers, kills, found);
  const expected = load.died.size * HOSTS.length;
  found.figures['sessions: begun and acknowledged'] = load.begun.size;
  found.figures['deaths: containers x hosts'] = expected;
  toldOnce('sessions', told(sessions, beganOf), load.begun.size, found);
  toldOnce('deaths', told(containers, deathOf), expected, found);
  const fired = told(alerts, (item) => firedOf(item, load.died));
  toldOnce('alerts of them', fired, expected, found);
  for (const [, ...again] of fired.values())
    for (const t of again) counted(kills, t, (kill) => (kill.alertsTwice += 1));
  found.figures['connections of the followers'] = followers.map(({ connects }) => connects).join(' and ');
  return found;
}

/** Every stored item must have come to each follower once, from its first on, and never a snapshot instead. */
function seenByAll(
  topic: LogTopic,
  stored: readonly TailItem[],
  followers: readonly Follower[],
  kills: readonly Kill[],
  { figures, wrong }: Findings,
): void {
  const tallies = followers.map(({ logs }) => {
    const { first, seen, unrecovered } = logs[topic];
    const lost = stored.filter(({ seq }) => seq >= first && !seen.has(seq));
    const doubled = stored.filter(({ seq }) => (seen.get(seq) ?? 0) > 1);
    for (const { t } of lost) counted(kills, t, (kill) => (kill.lost += 1));
    for (const { t } of doubled) counted(kills, t, (kill) => (kill.doubled += 1));
    return { lost: lost.length, doubled: doubled.length, unrecovered };
  });
  figures[`${topic}: stored`] = stored.length;
  for (const what of ['lost', 'doubled', 'unrecovered'] as const) {
    figures[`${topic}: ${what} at the followers`] = tallies.map((each) => each[what]).join(' and ');
    if (tallies.some((each) => each[what] > 0)) wrong.push(`${topic}: ${what} at a follower`);
  }
}

/** What was begun without an acknowledgement may have been told as well. */
function toldOnce(what: string, times: Map<string, number[]>, wanted: number, { figures, wrong }: Findings): void {
  const twice = [...times.values()].filter(({ length }) => length > 1).length;
  figures[`${what}: told`] = times.size;
  if (wanted === 0) wrong.push(`${what}: none were acknowledged`);
  figures[`${what}: told twice`] = twice;
  if (times.size < wanted) wrong.push(`${what}: ${wanted - times.size} of ${wanted} were not told`);
  if (twice > 0) wrong.push(`${what}: ${twice} were told twice`);
}

/** When each thing was told, Unix milliseconds; `nameOf` gives undefined for what is of another kind. */
function told(items: readonly TailItem[], nameOf: (item: unknown) => string | undefined): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const item of items) {
    const name = nameOf(item.json());
    if (name !== undefined) times.set(name, [...(times.get(name) ?? []), item.t]);
  }
  return times;
}

function beganOf(item: unknown): string | undefined {
  const { app, event, id } = item as SessionEvent;
  return app === 'drill' && event === 'created' ? id : undefined;
}

function deathOf(item: unknown): string | undefined {
  const { event, host, id } = item as ContainerEvent;
  return event === 'died' ? `${host}.${id}` : undefined;
}

function firedOf(item: unknown, died: ReadonlySet<string>): string | undefined {
  const { state, change, target } = item as AlertMessage;
  const isFiring = state === 'firing' && change === 'state';
  return isFiring && died.has(target.key.split('.').at(-1)!) ? target.key : undefined;
}

function counted(kills: readonly Kill[], t: number, count: (kill: Kill) => void): void {
  const kill = killAt(kills, t);
  if (kill) count(kill);
}
