// Plain Node 20 with nothing installed: this runs before `npm ci`.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NODE_MAJOR = 24;

const digest = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const stampOf = (root) => join(root, 'node_modules', '.deckwatch-lock');

/** Whether what is installed is what the lock file asks for. */
export function isInstalled(root) {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  if (existsSync(stampOf(root)) && readFileSync(stampOf(root), 'utf8') === digest(lock)) return true;
  return statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
}

/** Remembers the lock file that the installed packages are of. */
export function markInstalled(root) {
  writeFileSync(stampOf(root), digest(join(root, 'package-lock.json')));
}

/** The first number of `v24.1.0`. */
export function majorOf(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1] ?? NaN);
}

/**
 * The environment in which all further steps run: the workspace's own Node first on PATH.
 * `versionOf(environment)` asks the `node` found there.
 */
export function environmentFor(root, base, versionOf) {
  const path = `${join(root, 'node_modules', '.bin')}:${base.PATH ?? ''}`;
  // No daemon of nx, whose life would outlast ours, and no terminal of its own for each task, which would leave our group.
  const nx = { NX_DAEMON: 'false', NX_TUI: 'false', NX_NATIVE_COMMAND_RUNNER: 'false' };
  const environment = { ...base, PATH: path, ...nx, FORCE_COLOR: '0' };
  const version = versionOf(environment);
  if (majorOf(version) >= NODE_MAJOR) return environment;
  throw new Error(
    `Node ${NODE_MAJOR} or newer is needed, this is ${version}. On Linux (x64, arm64) npm installs it with the rest, ` +
      `unless optional packages are left out (npm config get omit); elsewhere install it from https://nodejs.org.`,
  );
}
