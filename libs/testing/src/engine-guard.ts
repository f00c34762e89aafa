import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./engine-guard.sh', import.meta.url));

/** The lock that all test engines of a machine share: a second daemon in a network namespace would break the first. */
export const ENGINE_LOCK = join(tmpdir(), 'deckwatch-engine.lock');

/** The process that holds the engines' lock and clears up; it outlives us when we are killed. */
export class EngineGuard {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, 'exit');
  }

  /** Waits for the lock, then watches over the engine whose files are in `folder`. */
  static async watch(folder: string, waitMs: number): Promise<EngineGuard> {
    // In a session of its own, so that whatever ends the tests does not end it.
    const child = spawn('bash', [SCRIPT, folder, ENGINE_LOCK], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    const guard = new EngineGuard(child);
    const timer = setTimeout(() => child.stdin?.end(), waitMs);
    const ready = once(child.stdout as NodeJS.ReadableStream, 'data').then(() => true);
    const holds = await Promise.race([ready, guard.#exited.then(() => false)]);
    clearTimeout(timer);
    if (!holds) throw new Error(`another engine held ${ENGINE_LOCK} for ${waitMs} ms`);
    return guard;
  }

  /** Clears up all that the engine left, its files too, and lets the next one start. */
  async finish(): Promise<void> {
    this.#child.stdin?.end();
    await this.#exited;
  }
}
