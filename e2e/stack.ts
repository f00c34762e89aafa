import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PASSWORD } from './sign-in.ts';
import { setTimeout as pause } from 'node:timers/promises';

const START_MS = 240_000;
const STOP_MS = 8000;
const KEPT_OUTPUT = 20_000;
const KILL_EVERY_MS = 150;

export interface StackOptions {
  /** Whether the simulated host is there; default `on`. */
  demo?: 'on' | 'off';
  /** An engine to watch, as DOCKER_HOST names it; default: none is there. */
  engine?: string;
  /** More settings. */
  env?: Record<string, string>;
}

/** Deckwatch as `npm start` brings it up, with a data folder and ports of its own. */
export class Stack {
  private readonly others: ChildProcess[] = [];

  private constructor(
    readonly url: string,
    private readonly launcher: ChildProcess,
    private readonly folder: string,
    private readonly output: { text: string },
  ) {}

  /** Ready when every service of it is; fails with what the launcher said. */
  static async start({ demo = 'on', engine, env = {} }: StackOptions = {}): Promise<Stack> {
    const folder = mkdtempSync(join(tmpdir(), 'deckwatch-e2e-'));
    const port = await freePort();
    const launcher = spawn(process.execPath, ['deploy/local/start.mjs'], {
      cwd: projectRoot(),
      env: {
        ...process.env,
        DECKWATCH_PORT: String(port),
        DECKWATCH_DATA: join(folder, 'data'),
        DECKWATCH_ADMIN_PASSWORD: PASSWORD,
        DECKWATCH_DEMO: demo,
        DOCKER_HOST: engine ?? `unix://${folder}/no-engine.sock`,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const output = { text: '' };
    for (const stream of [launcher.stdout, launcher.stderr]) {
      stream.on('data', (chunk) => (output.text = (output.text + String(chunk)).slice(-KEPT_OUTPUT)));
    }
    const stack = new Stack(`http://127.0.0.1:${port}`, launcher, folder, output);
    try {
      await stack.becomeReady();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  /** Its DECKWATCH_DATA. */
  get data(): string {
    return join(this.folder, 'data');
  }

  private async becomeReady(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (!(await answers(`${this.url}/health/ready`))) {
      if (this.launcher.exitCode !== null) throw new Error(`the launcher ended:\n${this.output.text}`);
      if (Date.now() > deadline) throw new Error(`not ready after ${START_MS / 1000} s:\n${this.output.text}`);
      await pause(250);
    }
  }

  /** Kills a service without warning, again and again as the launcher restarts it, until the answer is called. */
  keepDown(service: string): () => void {
    const kill = () => {
      const pid = this.pidOf(service);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      return pid !== undefined;
    };
    if (!kill()) throw new Error(`${service} does not run:\n${this.output.text}`);
    const timer = setInterval(kill, KILL_EVERY_MS);
    return () => clearInterval(timer);
  }

  /** Another gateway of the same installation, with the settings of the first one but for its port. */
  async startGateway(): Promise<{ port: number; kill(): void }> {
    const first = this.pidOf('gateway');
    if (first === undefined) throw new Error(`the gateway does not run:\n${this.output.text}`);
    const port = await freePort();
    const settings = environmentOf(first).split('\0').filter(Boolean);
    const env = Object.fromEntries(settings.map((setting) => setting.split(/=(.*)/s).slice(0, 2)));
    const child = spawn(process.execPath, ['services/gateway/dist/main.js'], {
      cwd: projectRoot(),
      env: { ...env, DECKWATCH_PORT: String(port), DECKWATCH_INSTANCE: 'second' },
      stdio: 'ignore',
    });
    this.others.push(child);
    const deadline = Date.now() + START_MS;
    while (!(await answers(`http://127.0.0.1:${port}/health/ready`))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error('the second gateway does not come up');
      await pause(100);
    }
    return { port, kill: () => void child.kill('SIGKILL') };
  }

  private pidOf(service: string): number | undefined {
    const script = join('services', service, 'dist', 'main.js');
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .find((pid) => commandOf(pid).includes(script) && environmentOf(pid).includes(this.folder));
  }

  async stop(): Promise<void> {
    for (const child of this.others) child.kill('SIGKILL');
    if (this.launcher.exitCode === null && this.launcher.pid !== undefined) {
      this.launcher.kill('SIGINT');
      const ended = once(this.launcher, 'exit');
      await Promise.race([ended, pause(STOP_MS)]);
      if (this.launcher.exitCode === null) process.kill(-this.launcher.pid, 'SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The nearest folder above that holds the project, from the sources as from a bundle. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'deploy/local/start.mjs'))) folder = dirname(folder);
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`);
}

function environmentOf(pid: number): string {
  return textOf(`/proc/${pid}/environ`);
}

/** Empty for a process that has gone in the meantime. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
