// @ts-check
// Processes by their id and start: an id alone may have been given to another process since.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** @typedef {{ pid: number, born: string }} Identity */

/**
 * @param {number} pid
 * @returns {Identity | null} null: there is no such process
 */
export function identify(pid) {
  try {
    if (process.platform === 'linux') {
      // After the name in parentheses: state is field 3, the start time in ticks since boot field 22.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? null : { pid, born: fields[19] ?? '' };
    }
    return { pid, born: execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() };
  } catch {
    return null;
  }
}

/** @param {Identity} identity */
export function isAlive({ pid, born }) {
  return identify(pid)?.born === born;
}

/**
 * Sends a signal to a process and its group; one that is gone is no fault.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(pid, signal) {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch {
      // No such group (or no such process): try the next, then it is gone.
    }
  }
}

/**
 * Ends processes that an earlier launcher left behind: asks, then insists.
 * @param {Identity[]} left
 * @param {number} [patienceMs]
 */
export async function endLeftovers(left, patienceMs = 4000) {
  const alive = () => left.filter(isAlive);
  for (const { pid } of alive()) signalGroup(pid, 'SIGTERM');
  const until = Date.now() + patienceMs;
  while (alive().length > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const { pid } of alive()) signalGroup(pid, 'SIGKILL');
}

let pdeathsig = /** @type {boolean | undefined} */ (undefined);

/**
 * A command that also ends when we are killed without a chance to end it: on Linux the kernel sees to it (setpriv of
 * util-linux sets the parent-death signal). Elsewhere, the next start ends what was left.
 * @param {string} file
 * @param {string[]} args
 * @returns {[file: string, args: string[]]}
 */
export function boundToUs(file, args) {
  pdeathsig ??=
    process.platform === 'linux' &&
    spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore' }).status === 0;
  return pdeathsig ? ['setpriv', ['--pdeathsig', 'TERM', '--', file, ...args]] : [file, args];
}
