import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A service as it is shipped: one file that runs by itself. */
export async function buildService(name: string): Promise<{ file: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), `deckwatch-${name}-`));
  const file = join(folder, 'main.mjs');
  const cwd = join(root, 'services', name);
  const own = join(cwd, 'build/bundle.mjs');
  const build = [existsSync(own) ? own : join(root, 'tools/build-service.mjs'), 'src/main.ts', file];
  await promisify(execFile)(process.execPath, build, { cwd });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The service in a process of its own, to be killed. */
export class ServiceProcess {
  private child?: ChildProcess;
  output = '';

  constructor(
    private readonly file: string,
    private readonly env: Record<string, string>,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    const env = { PATH: process.env['PATH'], ...this.env };
    this.child = spawn(process.execPath, [this.file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (text: Buffer) => (this.output = (this.output + text.toString()).slice(-20_000)));
    }
  }

  /** Resolves with the exit code once it is gone; null after SIGKILL. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return gone;
  }
}
