// @ts-check
// One process that is kept running: started, logged, started again with a growing, jittered pause when it ends by
// itself, and stopped when asked.
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { Lines } from './log-lines.mjs';
import { boundToUs, signalGroup } from './processes.mjs';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A process that ran this long begins again with the first pause. */
const STEADY_MS = 60_000;

/**
 * How long to wait before the next start: doubles with each failure, half of it by chance, so that processes which
 * fail together do not come back together.
 * @param {number} failures in a row, from 1
 * @param {() => number} [random]
 */
export function restartPause(failures, random = Math.random) {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(full / 2 + (full / 2) * random());
}

/**
 * @typedef {object} Command
 * @property {string} name
 * @property {string} file
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} env
 * @property {string} cwd
 */

/**
 * @typedef {object} Watchers
 * @property {(line: string) => void} onLine each line that it writes
 * @property {(pid: number) => void} onStart
 * @property {(end: { code: number | null, signal: string | null, last: string, ranMs: number }) => 'restart' | 'leave'} onEnd
 *   it ended without being asked; `last` is its last line on stderr
 * @property {(pauseMs: number) => void} onPause it starts again after this
 */

export class Supervisor {
  /**
   * @param {Command} command
   * @param {Watchers} watchers
   */
  constructor(command, watchers) {
    this.command = command;
    this.watchers = watchers;
    this.stopping = new AbortController();
    this.failures = 0;
    /** @type {import('node:child_process').ChildProcess | undefined} */
    this.child = undefined;
    this.done = Promise.resolve();
  }

  get name() {
    return this.command.name;
  }

  start() {
    this.done = this.keepRunning();
    return this;
  }

  async keepRunning() {
    while (!this.stopping.signal.aborted) {
      const end = await this.runOnce();
      if (this.stopping.signal.aborted || this.watchers.onEnd(end) === 'leave') return;
      this.failures = end.ranMs >= STEADY_MS ? 1 : this.failures + 1;
      const pauseMs = restartPause(this.failures);
      this.watchers.onPause(pauseMs);
      await pause(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** @returns {Promise<{ code: number | null, signal: string | null, last: string, ranMs: number }>} */
  runOnce() {
    const { file, args, env, cwd } = this.command;
    const [boundFile, boundArgs] = boundToUs(file, args);
    const started = Date.now();
    let last = '';
    // In a process group of its own: Ctrl-C on the terminal reaches us alone, and we stop it in order.
    const child = spawn(boundFile, boundArgs, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    const out = new Lines((line) => this.watchers.onLine(line));
    const err = new Lines((line) => {
      if (line.trim()) last = line;
      this.watchers.onLine(line);
    });
    child.stdout.setEncoding('utf8').on('data', (text) => out.push(text));
    child.stderr.setEncoding('utf8').on('data', (text) => err.push(text));
    if (child.pid !== undefined) this.watchers.onStart(child.pid);
    return new Promise((resolve) => {
      /** @type {(code: number | null, signal: string | null) => void} */
      const ended = (code, signal) => {
        out.end();
        err.end();
        resolve({ code, signal, last, ranMs: Date.now() - started });
      };
      child.once('error', (error) =>
        child.pid === undefined ? ((last = error.message), ended(null, null)) : undefined,
      );
      child.once('close', ended);
      // Something that it started may hold its pipes open: its own end is enough.
      child.once('exit', (code, signal) => setTimeout(() => ended(code, signal), 500).unref());
    });
  }

  get running() {
    return (
      this.child !== undefined &&
      this.child.exitCode === null &&
      this.child.signalCode === null &&
      this.child.pid !== undefined
    );
  }

  /** Stops for good: asks, and insists after `patienceMs`. */
  async stop(patienceMs = 3000) {
    this.stopping.abort();
    this.signal('SIGTERM');
    const insist = setTimeout(() => this.signal('SIGKILL'), patienceMs);
    await this.done;
    clearTimeout(insist);
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    if (this.running && this.child?.pid !== undefined) signalGroup(this.child.pid, signal);
  }
}
