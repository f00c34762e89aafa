// @ts-check
// Gets the brokers on Debian and Ubuntu: as root by apt, otherwise by unpacking the packages under DECKWATCH_DATA/bin.
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, run } from './programs.mjs';

/** @typedef {import('./local-state.mjs').LocalState} LocalState */
/** @typedef {{ program: string, packages: string[] }} Wanted `packages` hold the program itself, needs aside */

/** @type {Record<'nats' | 'redis', Wanted>} */
export const BROKER_PROGRAMS = {
  nats: { program: 'nats-server', packages: ['nats-server'] },
  redis: { program: 'redis-server', packages: ['redis-server', 'redis-tools'] },
};

/** What to tell where we cannot get them ourselves. */
export function howToInstall(/** @type {string[]} */ programs, platform = process.platform) {
  const names = programs.join(' and ');
  if (platform === 'darwin') {
    return `${names} must be installed: brew install ${programs.map((name) => name.replace('redis-server', 'redis')).join(' ')}   (or set NATS_URL, REDIS_URL)`;
  }
  return `${names} must be on PATH: NATS server 2.9 or later (https://nats.io/download), Redis 6.2 or later (https://redis.io/download); or set NATS_URL, REDIS_URL`;
}

/** @param {string} [osRelease] the content of /etc/os-release */
export function isDebianLike(osRelease = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '') {
  const words = [...osRelease.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].flatMap(([, value]) =>
    (value ?? '').replaceAll('"', '').split(' '),
  );
  return words.includes('debian') || words.includes('ubuntu');
}

/**
 * Where a program that was unpacked before is, and the environment that it needs.
 * @param {LocalState} state
 * @param {string} program
 * @returns {{ file: string, env: NodeJS.ProcessEnv } | undefined}
 */
export function unpacked(state, program) {
  const root = state.path('bin', 'root');
  for (const folder of ['usr/sbin', 'usr/bin']) {
    const file = join(root, folder, program);
    if (existsSync(file)) return { file, env: { ...process.env, LD_LIBRARY_PATH: libraryFolders(root).join(':') } };
  }
  return undefined;
}

/** @param {string} root */
function libraryFolders(root) {
  return ['lib', 'usr/lib'].flatMap((lib) => {
    const folder = join(root, lib);
    if (!existsSync(folder)) return [];
    const multiarch = readdirSync(folder).filter((name) => name.includes('-linux-gnu'));
    return [...multiarch.map((name) => join(folder, name)), folder];
  });
}

/**
 * @param {string[]} packages
 * @param {{ say: (text: string) => void, signal?: AbortSignal }} options
 */
export async function installByApt(packages, { say, signal }) {
  say(`installing ${packages.join(' and ')} by apt-get, as root`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env, signal });
  await install().catch(async () => {
    await run('apt-get', ['update', '-q'], { env, signal });
    return install();
  });
}

/**
 * Unpacks packages and what they need, without root: nothing outside DECKWATCH_DATA/bin is touched.
 * @param {LocalState} state
 * @param {string[]} packages
 * @param {{ say: (text: string) => void, signal?: AbortSignal }} options
 */
export async function unpackPackages(state, packages, { say, signal }) {
  const root = state.makeFolder('bin', 'root');
  const downloads = state.makeFolder('bin', 'packages');
  say(`unpacking ${packages.join(' and ')} under ${state.path('bin')} (not installed, no root needed)`);
  let apt = /** @type {string[]} */ ([]);
  const wanted = await missingPackages(apt, packages, signal).catch(async () => {
    // No package lists on this machine, or stale ones: keep some of our own.
    apt = ownLists(state);
    await run('apt-get', [...apt, 'update', '-q'], { signal });
    return missingPackages(apt, packages, signal);
  });
  await run('apt-get', [...apt, 'download', '-q', ...wanted], { cwd: downloads, signal });
  for (const file of readdirSync(downloads)) {
    if (file.endsWith('.deb')) await run('dpkg', ['-x', join(downloads, file), root], { signal });
  }
  rmSync(downloads, { recursive: true, force: true });
}

/** @param {LocalState} state */
function ownLists(state) {
  state.makeFolder('bin', 'apt', 'lists', 'partial');
  state.makeFolder('bin', 'apt', 'cache', 'archives', 'partial');
  const options = {
    'Dir::State::lists': state.path('bin', 'apt', 'lists'),
    'Dir::Cache': state.path('bin', 'apt', 'cache'),
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': '',
  };
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/**
 * The packages that apt would install: those asked for, and what they need that is not there.
 * @param {string[]} apt options
 * @param {string[]} packages
 * @param {AbortSignal} [signal]
 */
async function missingPackages(apt, packages, signal) {
  const plan = await run(
    'apt-get',
    [...apt, '-s', '-q', 'install', '--reinstall', '--no-install-recommends', ...packages],
    { signal },
  );
  return [...new Set([...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name ?? '').concat(packages))];
}

/** Whether this process may use apt as root. */
export const mayInstall = () => process.getuid?.() === 0 && findProgram('apt-get', process.env) !== undefined;
