import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './run-folder.ts';

/** All services, the gateway last: it is ready when the others are. */
export const SERVICES = ['collector', 'sessions', 'alerts', 'history', 'gateway'] as const;

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export interface RunningService {
  pid: number;
  child: ChildProcess;
  logFile: string;
  /** Halts it where it stands, until it is stopped. */
  pause(): void;
  stop(): Promise<void>;
}

export interface ServiceStart {
  /** Where its bundle lies in there; default: that of a service of this name. */
  script?: string;
  /** Of Node, besides those in BENCH_NODE_FLAGS. */
  flags?: readonly string[];
}

/**
 * Starts the built bundle of a service as its users run it; its log goes to a file in the folder of this run. It is killed
 * when we exit, however early that is.
 * @param root the checkout that it was built in
 */
export function startService(
  name: string,
  env: Record<string, string>,
  root = '.',
  { script = `services/${name}/dist/main.js`, flags = [] }: ServiceStart = {},
): RunningService {
  const folder = makeFolder(name);
  const logFile = join(folder, 'log');
  const out = openSync(logFile, 'a');
  const given = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter(Boolean);
  const child = spawn(process.execPath, [...given, ...flags, script], {
    cwd: root,
    env: { PATH: process.env['PATH'], DECKWATCH_DATA: folder, ...env },
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  running.add(child);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void gone.then(() => running.delete(child));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    await gone;
  };
  return { pid: child.pid!, child, logFile, pause: () => void child.kill('SIGSTOP'), stop };
}
