// @ts-check
// The processes of a local Deckwatch and the environment of each.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @typedef {import('./settings.mjs').Settings} Settings */
/** @typedef {import('./supervisor.mjs').Command} Command */
/**
 * @typedef {object} Surroundings
 * @property {string} root the project's folder
 * @property {string} node the Node that runs the services
 * @property {Settings} settings
 * @property {string} natsUrl with credentials
 * @property {string} redisUrl
 * @property {string} secretKey
 */

/** A socket's path may have at most 107 bytes on Linux, 103 on macOS. */
const LONGEST_SOCKET = 103;

/** Ours to set; what the user set of these is used by the launcher. */
const LAUNCHERS_OWN = ['NATS_URL', 'REDIS_URL', 'DECKWATCH_SECRET_KEY', 'DECKWATCH_DATA', 'DECKWATCH_OPS_PORT'];

/** @param {Surroundings} surroundings */
function commonEnvironment({ settings, natsUrl, redisUrl, secretKey }) {
  const env = { ...process.env };
  for (const name of LAUNCHERS_OWN) delete env[`${name}_FILE`];
  // npm's own variables tell a service nothing.
  for (const name of Object.keys(env)) if (name.startsWith('npm_')) delete env[name];
  return {
    ...env,
    NODE_ENV: 'production',
    NATS_URL: natsUrl,
    REDIS_URL: redisUrl,
    DECKWATCH_SECRET_KEY: secretKey,
    DECKWATCH_DATA: settings.data,
    DECKWATCH_PORT: String(settings.port),
    DECKWATCH_HOST: settings.host,
    DECKWATCH_OPS_PORT: '0',
    // The same name at every start, so that the others see one service come back instead of another one.
    DECKWATCH_INSTANCE: 'local',
  };
}

/**
 * The services, one process each.
 * @param {Surroundings} surroundings
 * @param {string[]} [gone] hosts that must not stand in the inventory any more
 * @param {boolean} [withDemo] whether the simulated fleet runs beside them
 * @returns {Command[]}
 */
export function serviceCommands(surroundings, gone = [], withDemo = false) {
  const { root, node } = surroundings;
  const env = commonEnvironment(surroundings);
  return readdirSync(join(root, 'services'))
    .sort()
    .map((name) => ({ name, folder: join(root, 'services', name) }))
    .filter(({ folder }) => existsSync(join(folder, 'dist', 'main.js')))
    .map(({ name, folder }) => ({
      name,
      file: node,
      args: nodeArgs(folder),
      env: environmentOf(name, env, gone, withDemo),
      cwd: root,
    }));
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} gone
 * @param {boolean} withDemo
 * @returns {NodeJS.ProcessEnv}
 */
function environmentOf(name, env, gone, withDemo) {
  if (name === 'gateway') return { ...env, DECKWATCH_FORGET_HOSTS: gone.join() };
  const own = withoutPassword(env);
  // What the user says of his own sources is not mixed with what is invented.
  const says = 'DECKWATCH_SESSION_SOURCES' in env || 'DECKWATCH_SESSION_SOURCES_FILE' in env;
  return name === 'sessions' && withDemo && !says
    ? { ...own, DECKWATCH_SESSION_SOURCES: JSON.stringify(DEMO_SOURCES) }
    : own;
}

/** Which of the demo's containers serve its people. */
const DEMO_SOURCES = [
  { app: 'shop', kind: 'ingest', name: 'demo-shop', runsOn: { project: 'shop', service: 'web' } },
  { app: 'shop', kind: 'ingest', name: 'demo-shop-advice', runsOn: { project: 'shop', service: 'recommender' } },
  { app: 'wiki', kind: 'ingest', name: 'demo-wiki', runsOn: { project: 'wiki', service: 'app' } },
];

/**
 * The first admin's password is the gateway's business alone.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
function withoutPassword({ DECKWATCH_ADMIN_PASSWORD: _, DECKWATCH_ADMIN_PASSWORD_FILE: __, ...rest }) {
  return rest;
}

/** @param {string} folder */
const nodeArgs = (folder) => ['--enable-source-maps', join(folder, 'dist', 'main.js')];

/**
 * Where the demo's engine listens.
 * @param {string} data
 */
export function demoSocket(data) {
  const path = join(data, 'demo.sock');
  if (Buffer.byteLength(path) <= LONGEST_SOCKET) return path;
  return join(tmpdir(), `deckwatch-${createHash('sha256').update(data).digest('hex').slice(0, 12)}.sock`);
}

/**
 * The simulated fleet, and the real collector that watches it.
 * @param {Surroundings} surroundings
 * @returns {{ fleet: Command, collector: Command }}
 */
export function demoCommands(surroundings) {
  const { root, node, settings } = surroundings;
  const socket = demoSocket(settings.data);
  const env = withoutPassword(commonEnvironment(surroundings));
  for (const name of ['DOCKER_HOST', 'DECKWATCH_HOST_NAME', 'DECKWATCH_READER', 'DECKWATCH_SOURCE']) {
    delete (/** @type {NodeJS.ProcessEnv} */ (env)[`${name}_FILE`]);
  }
  const watching = {
    ...env,
    DOCKER_HOST: `unix://${socket}`,
    DECKWATCH_SOURCE: 'docker',
    DECKWATCH_READER: 'engine',
    DECKWATCH_HOST_NAME: 'demo',
    DECKWATCH_INSTANCE: 'demo',
  };
  return {
    fleet: {
      name: 'demo',
      file: node,
      args: nodeArgs(join(root, 'deploy', 'demo')),
      env: { ...env, DECKWATCH_DEMO_SOCKET: socket },
      cwd: root,
    },
    collector: {
      name: 'collector-demo',
      file: node,
      args: nodeArgs(join(root, 'services', 'collector')),
      env: watching,
      cwd: root,
    },
  };
}
