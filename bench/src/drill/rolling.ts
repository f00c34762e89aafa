import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@deckwatch/testing';
import { Fleet } from '../fleet/fleet.ts';
import { percentile, report, round, type Figures } from '../report.ts';
import { CROWD_LOGS } from './crowd-client.ts';
import type { CrowdMark, CrowdOrder, CrowdTally } from './crowd.ts';
import { Formation } from './formation.ts';
import { SessionLoad } from './session-load.ts';
import { storedItems } from './stored-items.ts';

export interface RollingDrill {
  clients: number;
  /** Simulated, of two hosts. */
  containers: number;
  /** Sessions that begin each second. */
  changes: number;
}

const BACK_MS = 10_000;
const MOST_A_SECOND = 200;
/** Events of the simulated containers a minute: deaths among them, which begin alerts. */
const EVENTS_PER_MINUTE = 120;
const PATIENCE_MS = 60_000;

/**
 * Restarts two gateways one after the other under a thousand consoles of another process, and checks at the consoles how
 * fast they come back, when they are back, and that each log item reached each of them once.
 */
export async function drillRolling({ clients, containers, changes }: RollingDrill): Promise<void> {
  const formation = await Formation.open({ collectors: false });
  const bus = await formation.busOnceReady();
  const load = new SessionLoad(bus);
  const crowd = new Crowd();
  let fleet: Fleet | undefined;
  const faults: string[] = [];
  try {
    const [nats] = formation.nats.url.split(',') as [string];
    fleet = await Fleet.start({ nats, name: 'roll', hosts: 2, containers, seed: 7, intervalMs: 1000, eventsPerMinute: EVENTS_PER_MINUTE, singles: false }); // prettier-ignore
    const urls = formation.gateways.map((url) => `${url.replace('http', 'ws')}/ws`);
    await crowd.say({ do: 'open', urls, token: await formation.accessToken(), count: clients });
    load.start(changes);
    await sleep(5000);
    const figures: Figures = {};
    for (const n of [1, 2]) {
      const { sent, most, lastMs, away, closes } = await restarted(formation, crowd, n, clients);
      const name = `gateway-${n}`;
      figures[`${name}: sent away, by close code`] = closes;
      figures[`${name}: connections tried in any second, at most`] = most;
      figures[`${name}: s from SIGTERM until all were back`] = round(lastMs / 1000, 1);
      figures[`${name}: s away, p50 and longest`] = `${round(percentile(away, 0.5) / 1000, 1)} and ${round(Math.max(...away) / 1000, 1)}`; // prettier-ignore
      if (sent === 0) faults.push(`${name}: nobody was there`);
      if (most > MOST_A_SECOND) faults.push(`${name}: ${most} connections were tried in a second`);
      if (lastMs > BACK_MS) faults.push(`${name}: not all were back after ${BACK_MS / 1000} s`);
    }
    await load.stop();
    await sleep(3000);
    const tally = await crowd.say<CrowdTally>({ do: 'tally' });
    for (const topic of CROWD_LOGS) {
      const stored = (await storedItems(bus, topic === 'alerts' ? 'ALERTS' : 'SESSIONS')).map(({ seq }) => seq);
      Object.assign(figures, judged(topic, stored, tally[topic], faults));
    }
    report('rolling', { clients, containers, sessionsPerSecond: changes }, figures);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  } finally {
    await load.stop();
    await crowd.end();
    await fleet?.stop().catch(() => undefined);
    await bus.close();
    await formation.close();
  }
}

/** Ends a gateway as an orchestrator does, starts it again, waits until it is ready and all clients are back. */
async function restarted(formation: Formation, crowd: Crowd, n: number, clients: number) {
  const name = `gateway-${n}`;
  await crowd.say({ do: 'mark' });
  const from = Date.now();
  await formation.end(name);
  formation.start(name);
  const all: CrowdMark = { connected: 0, attempts: [], returns: [], closes: {} };
  const back = async () => {
    const { connected, attempts, returns, closes } = await crowd.say<CrowdMark>({ do: 'mark' });
    all.attempts.push(...attempts);
    all.returns.push(...returns);
    for (const [code, count] of Object.entries(closes)) all.closes[code] = (all.closes[code] ?? 0) + count;
    return connected === clients && all.returns.length > 0;
  };
  await eventually(back, { timeoutMs: PATIENCE_MS, everyMs: 200, describe: 'the return of all clients' });
  await formation.ready([formation.gateways[n - 1]!]);
  return {
    sent: all.returns.length,
    most: mostInASecond(all.attempts),
    lastMs: Math.max(...all.returns.map(({ t }) => t)) - from,
    away: all.returns.map(({ awayMs }) => awayMs),
    closes: Object.entries(all.closes).map(([code, count]) => `${count} x ${code}`).join(', '), // prettier-ignore
  };
}

function mostInASecond(times: number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let most = 0;
  for (let from = 0, to = 0; to < sorted.length; to += 1) {
    while (sorted[to]! - sorted[from]! >= 1000) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

function judged(topic: string, stored: number[], tallies: CrowdTally['alerts'], faults: string[]): Figures {
  const missing = tallies.map(({ from, count }) => stored.filter((seq) => seq > (from ?? 0)).length - count);
  const sum = (of: 'count' | 'doubled' | 'holes' | 'unrecovered') => tallies.reduce((total, tally) => total + tally[of], 0); // prettier-ignore
  const found = {
    lost: missing.reduce((total, one) => total + one, 0),
    doubled: sum('doubled'),
    'with a hole before them': sum('holes'),
    'snapshots instead of what was missing': sum('unrecovered'),
  };
  for (const [what, count] of Object.entries(found)) if (count !== 0) faults.push(`${topic}: ${count} ${what}`);
  if (sum('count') === 0) faults.push(`${topic}: no items came`);
  const lines = Object.entries(found).map(([what, count]) => [`${topic}: ${what}`, count]);
  return { [`${topic}: items seen by all clients together`]: sum('count'), ...Object.fromEntries(lines) };
}

/** The other process, one order at a time. */
class Crowd {
  private readonly child: ChildProcess = fork(fileURLToPath(new URL('./drill/crowd.js', import.meta.url)));

  async say<T = unknown>(order: CrowdOrder): Promise<T> {
    this.child.send(order);
    const [said] = (await once(this.child, 'message')) as [T];
    return said;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}
