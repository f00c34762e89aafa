// @ts-check
// Brings node_modules to the state of package-lock.json, and finds the Node that the project runs on. Shared by
// `npm start` and `npm test`; runs before anything is installed, so it uses Node's own modules only.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

export const NODE_MAJOR = 24;

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockEntry */

/**
 * @param {string} file
 * @returns {Record<string, LockEntry>}
 */
const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages ?? {};

/**
 * Whether node_modules must be (re)installed, and why. Compares what npm noted when it finished installing with the
 * lock file, entry by entry, so neither a fresh clone's times nor a touched file mislead.
 * @param {string} root the project's folder
 * @returns {string | null} the reason; null: it is as the lock file says
 */
export function staleness(root) {
  const modules = join(root, 'node_modules');
  if (!existsSync(modules)) return 'nothing is installed yet';
  // npm writes it last, so an install that was cut off has none.
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return 'an earlier install did not finish';
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const found = packagesOf(record);
  for (const [at, entry] of Object.entries(wanted)) {
    if (!at.includes('node_modules/')) continue;
    if (!isMet(join(root, at), entry, found[at]))
      return `${at.replace(/^.*node_modules\//, '')} is not as package-lock.json says`;
  }
  return null;
}

/**
 * @param {string} folder
 * @param {LockEntry} wanted
 * @param {LockEntry | undefined} found
 */
function isMet(folder, wanted, found) {
  if (wanted.link) return existsSync(folder);
  // Optional packages of other platforms are left out on purpose.
  if (!found) return wanted.optional === true;
  return (
    found.version === wanted.version && (!found.integrity || !wanted.integrity || found.integrity === wanted.integrity)
  );
}

/**
 * npm as a command: the one that runs us when there is one, by the Node that runs us.
 * @returns {[file: string, ...args: string[]]}
 */
export function npmCommand() {
  const script = process.env['npm_execpath'];
  return script && /npm-cli\.[cm]?js$/.test(script) ? [process.execPath, script] : ['npm'];
}

/**
 * Runs `npm ci`. What npm prints is kept back and shown only when it fails.
 * @param {string} root
 * @param {{ signal?: AbortSignal }} [options] the signal ends it
 * @returns {Promise<void>} when npm has ended; rejects with its last lines, or with the signal's reason
 */
export function installPackages(root, { signal } = {}) {
  const [file, ...args] = npmCommand();
  // No package of ours needs its install script; without them nothing is compiled and nothing foreign runs.
  const flags = [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--prefer-offline',
    '--loglevel=error',
  ];
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const npm = spawn(file, [...args, ...flags], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => npm.kill();
    signal?.addEventListener('abort', stop, { once: true });
    let tail = '';
    /** @param {Buffer} chunk */
    const keep = (chunk) => void (tail = (tail + chunk.toString()).slice(-4000));
    npm.stdout.on('data', keep);
    npm.stderr.on('data', keep);
    npm.once('error', reject);
    npm.once('close', (code) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) return reject(signal.reason);
      if (code !== 0) return reject(new Error(`npm ci failed (exit code ${code}):\n${tail.trim()}`));
      resolve();
    });
  });
}

/** @param {string} version such as v24.21.0 */
const majorOf = (version) => Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);

/**
 * The Node that builds and runs the project: the one that came with node_modules (Linux x64 and arm64), else the one
 * that is running if it is new enough.
 * @param {string} root
 * @returns {string} its path
 * @throws {Error} with one line that says what to install
 */
export function findNode(root) {
  const own = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(own)) return own;
  if (majorOf(process.version) >= NODE_MAJOR) return process.execPath;
  throw new Error(
    `Node ${NODE_MAJOR} or later is needed on ${process.platform} ${process.arch}, and this is ${process.version}: install it from https://nodejs.org and try again`,
  );
}

/**
 * The environment for children, in which `node` is the project's Node and the tools of node_modules are found.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(root, env = process.env) {
  const path = [dirname(findNode(root)), join(root, 'node_modules', '.bin'), env['PATH']].filter(Boolean);
  return { ...env, PATH: path.join(delimiter), NX_DAEMON: 'false' };
}

/**
 * Installs when needed.
 * @param {string} root
 * @param {(line: string) => void} say
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {Promise<boolean>} whether it did
 */
export async function ensureInstalled(root, say, options) {
  const reason = staleness(root);
  if (!reason) return false;
  say(`installing packages: ${reason}`);
  const started = Date.now();
  const beat = setInterval(() => say(`installing packages … ${Math.round((Date.now() - started) / 1000)} s`), 20_000);
  try {
    await installPackages(root, options);
  } finally {
    clearInterval(beat);
  }
  return true;
}
