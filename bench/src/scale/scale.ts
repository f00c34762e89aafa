import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '@deckwatch/testing';
import type { FleetOptions } from '../fleet/fleet.ts';
import { costOf } from '../process-tree.ts';
import { percentile, report, round, type Figures } from '../report.ts';
import { SERVICES } from '../service.ts';
import { onceEnded } from '../signals.ts';
import { House } from '../soak/house.ts';
import type { Looks, Sight } from './probe.ts';

export interface Scale {
  hosts: number;
  /** On each host. */
  containers: number;
  seconds: number;
}

const MIB = 2 ** 20;
const SHOWN_MS = 180_000;
const WARM_MS = 10_000;
/** What a table shows at once. */
const VISIBLE = 20;
const ASKED = ['/hosts', '/containers?limit=50', '/containers?limit=50&sort=cpu&order=desc'];
const TIMES = 10;

interface FleetBegun {
  begun: { name: string; first: string[] }[];
}

/** How far one machine goes with hosts of a simulated fleet: what each part costs, and how late a console sees. */
export async function benchScale({ hosts, containers, seconds }: Scale): Promise<void> {
  const house = await House.open({ bare: true });
  const [fleet, probe] = ['scale/fleet-process', 'scale/probe'].map(processOf) as [ChildProcess, ChildProcess];
  const end = async (): Promise<void> => {
    for (const child of [fleet, probe]) child.kill('SIGKILL');
    await house.close();
  };
  onceEnded(() => void end().finally(() => process.exit(130)));
  try {
    const options: FleetOptions = { nats: house.nats.url, name: 'scale', hosts, containers: hosts * containers, seed: 7, intervalMs: 1000, eventsPerMinute: 12, singles: false }; // prettier-ignore
    const before = Date.now();
    const { begun } = await say<FleetBegun>(fleet, { start: options });
    const writtenMs = Date.now() - before;
    const token = await house.token();
    const shownMs = await shown(house, token, hosts * containers);
    await open(house, probe, token, begun);
    await sleep(WARM_MS);
    await say(probe, { mark: true });
    const pids = pidsOf(house, fleet);
    const cpu = new Map(Object.entries(pids).map(([name, pid]) => [name, costOf(pid).cpuMs]));
    const from = Date.now();
    await sleep(seconds * 1000);
    const tookMs = Date.now() - from;
    const figures: Figures = { 's until the inventory is written': round(writtenMs / 1000, 1), 's more until all are shown': round(shownMs / 1000, 1) }; // prettier-ignore
    for (const [name, pid] of Object.entries(pids)) {
      const { cpuMs, rss } = costOf(pid);
      figures[`${name}: cores, MiB`] = `${round((cpuMs - cpu.get(name)!) / tookMs, 2)}, ${round(rss / MIB, 0)}`;
    }
    const { sights } = await say<{ sights: Sight[] }>(probe, { mark: true });
    for (const { what, frames, bytes, latencies } of sights)
      figures[`${what}: frames/s, KiB/s, ms late p50, p99`] = [frames / (tookMs / 1000), bytes / 1024 / (tookMs / 1000), percentile(latencies, 0.5), percentile(latencies, 0.99)].map((value) => round(value, 1)).join(', '); // prettier-ignore
    for (const path of ASKED) figures[`GET ${path}: ms, median and longest of ${TIMES}`] = await asked(house, token, path); // prettier-ignore
    report('scale', { hosts, containers, seconds }, figures);
  } finally {
    await end();
  }
}

/** Three consoles: one on the hosts, one on the figures of a host, one on what a table of all shows. */
async function open(house: House, probe: ChildProcess, token: string, begun: FleetBegun['begun']): Promise<void> {
  const [{ name }] = begun as [FleetBegun['begun'][number]];
  const keys = begun.flatMap(({ first }) => first).slice(0, VISIBLE);
  const looks: Looks['looks'] = [
    { what: 'hosts', topics: ['hosts'] },
    { what: 'stats of one host', topics: [`stats.${name}`] },
    { what: 'stats.visible', topics: ['stats.visible'], keys },
  ];
  const request: Looks = { url: `${house.url.replace('http', 'ws')}/ws`, token, looks };
  await say(probe, { open: request });
}

/** Milliseconds until the gateway's list has all of them. */
async function shown(house: House, token: string, wanted: number): Promise<number> {
  const from = Date.now();
  const all = async () => (await get<{ total: number }>(house, token, '/containers?limit=1')).total >= wanted;
  await eventually(all, { timeoutMs: SHOWN_MS, everyMs: 200, describe: `${wanted} containers in the list` });
  return Date.now() - from;
}

async function asked(house: House, token: string, path: string): Promise<string> {
  const took: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const from = performance.now();
    await get(house, token, path);
    took.push(performance.now() - from);
    await sleep(200);
  }
  return `${round(percentile(took, 0.5), 0)}, ${round(Math.max(...took), 0)}`;
}

async function get<T>({ url }: House, token: string, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/api/v1${path}`, { headers, signal: AbortSignal.timeout(60_000) });
  if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

function pidsOf(house: House, fleet: ChildProcess): Record<string, number> {
  const services = SERVICES.filter((name) => name !== 'collector').map((name) => [name, house.of(name).process.pid]);
  return { fleet: fleet.pid!, nats: house.nats.pid!, redis: house.redis.pid!, ...Object.fromEntries(services) };
}

function processOf(script: string): ChildProcess {
  return fork(fileURLToPath(new URL(`./${script}.js`, import.meta.url)));
}

async function say<T = unknown>(child: ChildProcess, message: object): Promise<T> {
  child.send(message);
  const [said] = (await once(child, 'message')) as [T];
  return said;
}
