import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, findProgram, freePort } from '@deckwatch/testing';
import { spawnTied } from '../tied-process.ts';
import { netdataConfiguration, type NetdataShape } from './netdata-configuration.ts';
import { WATCHING_MS, type Scene, type Watcher } from './watcher.ts';

const FRESH_S = 3;

interface Chart {
  id: string;
  update_every: number;
  last_entry: number;
}

/** What is installed; undefined: nothing. */
export function netdataVersion(): string | undefined {
  const program = findProgram('netdata');
  if (!program) return undefined;
  const { stdout, stderr } = spawnSync(program.path, ['-V'], { encoding: 'utf8' });
  return /v\d[\w.-]*/.exec(stdout + stderr)?.[0] ?? 'unknown';
}

/** Of how many containers it has CPU, and the network, of the last seconds and at 1 Hz. */
async function shownBy(url: string): Promise<{ cpu: number; network: number }> {
  const answer = await fetch(`${url}/api/v1/charts`, { signal: AbortSignal.timeout(5000) });
  const { charts } = (await answer.json()) as { charts: Record<string, Chart> };
  const since = Date.now() / 1000 - FRESH_S;
  const fresh = Object.values(charts).filter((chart) => chart.update_every === 1 && chart.last_entry >= since);
  const having = (kind: RegExp): number => new Set(fresh.flatMap(({ id }) => kind.exec(id)?.[1] ?? [])).size;
  return { cpu: having(/^cgroup_(.+)\.cpu$/), network: having(/^cgroup_(.+)\.net_/) };
}

/** Debian's netdata in the foreground, with files of its own. */
export async function watchByNetdata(shape: NetdataShape, { engine, containers }: Scene): Promise<Watcher | undefined> {
  const program = findProgram('netdata');
  if (!program) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'bench-netdata-'));
  for (const name of ['cache', 'lib', 'log', 'etc']) mkdirSync(join(folder, name));
  const port = await freePort();
  const file = join(folder, 'netdata.conf');
  writeFileSync(file, netdataConfiguration(shape, { folder, port, plugins: '/usr/lib/netdata/plugins.d' }));
  const log = openSync(join(folder, 'log', 'output'), 'a');
  const child = spawnTied(program, ['-D', '-c', file], {
    stdio: ['ignore', log, log],
    env: { DOCKER_HOST: engine.dockerHost, NETDATA_HOST_PREFIX: '' },
  });
  const gone = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(killer);
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const shown = async (): Promise<number> => {
    const { cpu, network } = await shownBy(url);
    latest = `CPU of ${cpu} containers, network of ${network}`;
    return Math.min(cpu, containers);
  };
  let latest = '';
  try {
    const all = async () => (await shown()) === containers;
    await eventually(all, { timeoutMs: WATCHING_MS, everyMs: 1000, describe: 'all containers in netdata' });
    process.stdout.write(`netdata, ${shape}: ${latest}\n`);
  } catch (error) {
    await stop();
    throw new Error(`netdata shows ${latest || 'nothing'}`, { cause: error });
  }
  return { pid: child.pid!, seen: shown, stop };
}
