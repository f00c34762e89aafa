import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { findProgram, type Program } from './programs.ts';

export interface ChildServerOptions {
  name: string;
  program: Program;
  args: string[];
  /** The line of its output that says it can be used. */
  ready: RegExp;
  readyTimeoutMs?: number;
  env?: Record<string, string>;
}

const KEPT_OUTPUT = 20_000;

/** A server as a child process: started until it says it is ready, stopped for certain, and started again. */
export class ChildServer {
  readonly #options: ChildServerOptions;
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #output = '';

  constructor(options: ChildServerOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The end of what it wrote. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when the server says that it is ready; rejects with its output when it ends or is too slow. */
  async start(): Promise<void> {
    if (this.#child) throw new Error(`${this.#options.name} runs already`);
    this.#output = '';
    const child = this.#spawn();
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('close', () => resolve());
    });
    void this.#exited.then(() => {
      if (this.#child === child) this.#child = undefined;
    });
    try {
      await this.#untilReady(child);
    } catch (error) {
      await this.end('SIGKILL');
      throw error;
    }
  }

  /** Sends the signal and waits for the end; after `patienceMs` the process is killed. */
  async end(signal: NodeJS.Signals = 'SIGTERM', patienceMs = 10_000): Promise<void> {
    const child = this.#child;
    if (!child) return;
    child.kill(signal);
    const killer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await this.#exited;
    clearTimeout(killer);
  }

  #spawn(): ChildProcess {
    const { program, args, env } = this.#options;
    // The kernel ends the server when the test process dies, however that dies.
    const setpriv = findProgram('setpriv');
    const [command, prefix] = setpriv ? [setpriv.path, ['--pdeathsig', 'KILL', program.path]] : [program.path, []];
    return spawn(command, [...prefix, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...program.env, ...env },
    });
  }

  #untilReady(child: ChildProcess): Promise<void> {
    const { name, ready, readyTimeoutMs = 15_000 } = this.#options;
    return new Promise((resolve, reject) => {
      const fail = (what: string) => reject(new Error(`${name} ${what}\n${this.#output}`));
      const timer = setTimeout(() => fail(`was not ready within ${readyTimeoutMs} ms`), readyTimeoutMs);
      const read = (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT);
        if (ready.test(this.#output)) {
          clearTimeout(timer);
          resolve();
        }
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('error', (error) => fail(`could not be started: ${error.message}`));
      void this.#exited.then(() => {
        clearTimeout(timer);
        fail('ended before it was ready');
      });
    });
  }
}

/** A TCP port that was free on 127.0.0.1 a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Starts on a free port; when somebody else takes it in between, on another one. */
export async function onFreePort<T>(port: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(port ?? (await freePort()));
    } catch (error) {
      const taken = error instanceof Error && /address already in use|Address in use/i.test(error.message);
      if (!taken || port !== undefined || attempt === 5) throw error;
    }
  }
}
