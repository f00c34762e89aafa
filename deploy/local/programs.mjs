// @ts-check
// Finding programs and running them to their end.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { signalGroup } from './processes.mjs';

/** Where servers are, though a user's PATH often lacks them. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin', '/usr/local/bin'];

/**
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} its path
 */
export function findProgram(program, env) {
  for (const folder of [...(env['PATH'] ?? '').split(delimiter), ...MORE_FOLDERS]) {
    const file = join(folder, program);
    try {
      if (folder) accessSync(file, constants.X_OK);
      if (folder) return file;
    } catch {
      // Not here: the next folder.
    }
  }
  return undefined;
}

/**
 * Runs a program to its end and returns what it wrote. It ends with us when `signal` is raised.
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean, signal?: AbortSignal }} [options]
 * @returns {Promise<string>} rejects with the last lines of what it wrote
 */
export function run(file, args, { signal, ...options } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new Error(`${file}: stopped`));
    const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let tail = '';
    const stop = () => child.pid !== undefined && signalGroup(child.pid, 'SIGTERM');
    signal?.addEventListener('abort', stop, { once: true });
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => {
      text = (text + chunk).slice(-1_000_000);
      tail = (tail + chunk).slice(-4000);
    });
    child.stderr
      .setEncoding('utf8')
      .on('data', (/** @type {string} */ chunk) => void (tail = (tail + chunk).slice(-4000)));
    child.once('error', reject);
    child.once('close', (code) => {
      signal?.removeEventListener('abort', stop);
      if (code === 0) return resolve(text);
      const command = [file, ...args].join(' ').slice(0, 120);
      reject(new Error(`${command} failed (${code === null ? 'stopped' : `exit code ${code}`})\n${tail.trim()}`));
    });
  });
}
