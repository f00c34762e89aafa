// @ts-check
// Is there a container engine, and if not, why not, and what mends it?
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './programs.mjs';

const PROBE_MS = 1500;
export const DOCKER_SOCKET = 'unix:///var/run/docker.sock';

/**
 * @typedef {'up' | 'denied' | 'refused' | 'missing' | 'silent'} Answer
 * up: an engine answers; denied: we may not open it; refused: nobody listens; missing: no such address;
 * silent: something is there that does not answer as an engine
 */
/** @typedef {{ address: string, answer: Answer, version?: string }} Probe */
/**
 * @typedef {object} EngineFacts
 * @property {string} platform as Node names it
 * @property {string} user the name of who runs us
 * @property {Probe} wanted what DOCKER_HOST names, or Docker's own socket
 * @property {boolean} chosen DOCKER_HOST was given
 * @property {Probe[]} others sockets where engines usually are
 * @property {string[]} installed programs found: dockerd, docker, podman
 * @property {boolean} systemd services are started by systemctl
 */
/**
 * @typedef {object} Diagnosis
 * @property {'up' | 'not installed' | 'not running' | 'no permission' | 'other socket'} state
 * @property {string} reason one sentence
 * @property {string | null} mend the line that mends it
 */

/**
 * Tells the cases apart. Pure: facts in, words out.
 * @param {EngineFacts} facts
 * @returns {Diagnosis}
 */
export function diagnoseEngine(facts) {
  const { wanted, others, installed } = facts;
  if (wanted.answer === 'up') {
    return {
      state: 'up',
      reason: `engine ${wanted.version ?? ''} at ${wanted.address}`.replace('  ', ' '),
      mend: null,
    };
  }
  const other = others.find(({ answer }) => answer === 'up');
  if (other) {
    const reason = `nothing answers at ${wanted.address}, but an engine (${other.version ?? 'version unknown'}) does at ${other.address}`;
    return { state: 'other socket', reason, mend: `DOCKER_HOST=${other.address} npm start` };
  }
  const candidates = facts.chosen ? [wanted] : [wanted, ...others];
  const denied = candidates.find(({ answer }) => answer === 'denied');
  if (denied) return noPermission(facts, denied);
  if (facts.chosen || wanted.answer !== 'missing' || installed.length > 0) return notRunning(facts);
  return {
    state: 'not installed',
    reason: `there is no container engine: no socket at ${wanted.address}, neither docker nor podman on PATH`,
    mend:
      facts.platform === 'linux'
        ? 'sudo apt-get install docker.io'
        : 'install Docker Desktop: https://docs.docker.com/get-docker/',
  };
}

/**
 * @param {EngineFacts} facts
 * @param {Probe} denied
 * @returns {Diagnosis}
 */
function noPermission({ platform, user }, { address }) {
  const reason = `${address} is there, but ${user} may not open it`;
  if (platform !== 'linux') return { state: 'no permission', reason, mend: 'start Docker Desktop as this user' };
  if (address.includes('podman'))
    return { state: 'no permission', reason, mend: 'systemctl --user start podman.socket' };
  return { state: 'no permission', reason, mend: `sudo usermod -aG docker ${user}   (then sign in again)` };
}

/**
 * @param {EngineFacts} facts
 * @returns {Diagnosis}
 */
function notRunning(facts) {
  const { wanted, chosen } = facts;
  const reason =
    wanted.answer === 'silent'
      ? `something is at ${wanted.address}, but it does not answer as a container engine`
      : `no engine answers at ${wanted.address}${chosen ? ' (from DOCKER_HOST)' : ''}`;
  return { state: 'not running', reason, mend: startLine(facts) };
}

/** @param {EngineFacts} facts */
function startLine({ platform, wanted, chosen, installed, systemd }) {
  const dropHost = 'env -u DOCKER_HOST npm start   (or correct DOCKER_HOST)';
  if (chosen && wanted.address !== DOCKER_SOCKET) return dropHost;
  if (platform === 'darwin') return 'open -a Docker';
  if (platform !== 'linux') return 'start Docker Desktop';
  if (installed.includes('podman') && !installed.includes('dockerd')) return 'systemctl --user start podman.socket';
  return systemd ? 'sudo systemctl start docker' : 'sudo service docker start';
}

/**
 * Looks at this machine.
 * @param {string} dockerHost
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<EngineFacts>}
 */
export async function engineFacts(dockerHost, env) {
  const usual = usualSockets(env).map((path) => `unix://${path}`);
  const others = await Promise.all(usual.filter((address) => address !== dockerHost).map(probe));
  return {
    platform: process.platform,
    user: userInfo().username,
    wanted: await probe(dockerHost),
    chosen: Boolean(env['DOCKER_HOST'] || env['DOCKER_HOST_FILE']),
    others,
    installed: ['dockerd', 'docker', 'podman'].filter((program) => findProgram(program, env) !== undefined),
    systemd: existsSync('/run/systemd/system'),
  };
}

/** @param {NodeJS.ProcessEnv} env */
function usualSockets(env) {
  const run = env['XDG_RUNTIME_DIR'];
  return [
    '/var/run/docker.sock',
    ...(run ? [join(run, 'docker.sock'), join(run, 'podman', 'podman.sock')] : []),
    '/run/podman/podman.sock',
    ...[
      '.docker/run/docker.sock',
      '.docker/desktop/docker.sock',
      '.colima/default/docker.sock',
      '.orbstack/run/docker.sock',
    ].map((path) => join(homedir(), path)),
  ];
}

/**
 * @param {string} address unix://, tcp:// or http(s)://
 * @returns {Promise<Probe>}
 */
export async function probe(address) {
  const url = new URL(address);
  if (url.protocol === 'unix:') {
    if (!existsSync(url.pathname)) return { address, answer: 'missing' };
    return askVersion(address, { socketPath: url.pathname });
  }
  // An engine behind TLS wants certificates, which the collector brings: a listening port is taken for an engine.
  if (url.protocol === 'https:' || process.env['DOCKER_TLS_VERIFY']) return knock(address, url);
  return askVersion(address, { host: url.hostname, port: url.port || 2375 });
}

/** @type {Record<string, Answer>} */
const ANSWERS = { EACCES: 'denied', EPERM: 'denied', ECONNREFUSED: 'refused', ENOENT: 'missing', ENOTFOUND: 'missing' };

/**
 * @param {string} address
 * @param {import('node:http').RequestOptions} target
 * @returns {Promise<Probe>}
 */
function askVersion(address, target) {
  return new Promise((resolve) => {
    const asked = request({ ...target, path: '/version', timeout: PROBE_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => void (body = (body + text).slice(0, 65_536)));
      response.once('end', () => resolve(readVersion(address, response.statusCode, body)));
    });
    asked.once('timeout', () => asked.destroy(new Error('no answer')));
    asked.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      resolve({ address, answer: ANSWERS[error.code ?? ''] ?? 'silent' }),
    );
    asked.end();
  });
}

/**
 * @param {string} address
 * @param {number | undefined} status
 * @param {string} body
 * @returns {Probe}
 */
function readVersion(address, status, body) {
  try {
    const version = status === 200 ? JSON.parse(body).Version : undefined;
    return typeof version === 'string' ? { address, answer: 'up', version } : { address, answer: 'silent' };
  } catch {
    return { address, answer: 'silent' };
  }
}

/**
 * @param {string} address
 * @param {URL} url
 * @returns {Promise<Probe>}
 */
function knock(address, url) {
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port) || 2376, timeout: PROBE_MS });
    /** @param {Answer} answer */
    const end = (answer) => {
      socket.destroy();
      resolve({ address, answer });
    };
    socket.once('connect', () => end('up'));
    socket.once('timeout', () => end('silent'));
    socket.once('error', (/** @type {NodeJS.ErrnoException} */ error) => end(ANSWERS[error.code ?? ''] ?? 'silent'));
  });
}
