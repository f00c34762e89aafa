import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { eventually, findProgram } from '@deckwatch/testing';
import { spawnTied } from '../tied-process.ts';
import { WATCHING_MS, type Scene, type Watcher } from './watcher.ts';

/** What is installed; undefined: nothing. */
export function dockerVersion(): string | undefined {
  const program = findProgram('docker');
  if (!program) return undefined;
  return spawnSync(program.path, ['--version'], { encoding: 'utf8' }).stdout.trim();
}

/** `docker stats`, as it streams into a pipe: a line for each container, about twice a second. */
export async function watchByDockerStats({ engine, containers }: Scene): Promise<Watcher | undefined> {
  const program = findProgram('docker');
  if (!program) return undefined;
  const args = ['--host', engine.dockerHost, 'stats', '--format', '{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.NetIO}} {{.BlockIO}} {{.PIDs}}']; // prettier-ignore
  const child = spawnTied(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  let lines = 0;
  child.stdout!.on('data', (chunk: Buffer) => (lines += chunk.toString('latin1').split('bench-').length - 1));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  try {
    await eventually(() => lines > containers, { timeoutMs: WATCHING_MS, describe: 'all containers in docker stats' });
  } catch (error) {
    await stop();
    throw error;
  }
  // It draws its table twice a second from figures that come once a second.
  const seen = (seconds: number): Promise<number> => {
    const count = Math.min(lines / seconds, containers);
    lines = 0;
    return Promise.resolve(count);
  };
  return { pid: child.pid!, seen, stop };
}
